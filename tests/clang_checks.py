"""What clang finds without building: mutexes that are not held (-Wthread-safety; src/base/thread_annotations.h), and, with
--tidy, the bugs that .clang-tidy lists.

`python3 tests/clang_checks.py [--tidy] [FILE…]`: the sources of the program, or those FILEs among them. What passed is
not checked again until the source, something that it includes or this file changes (build/lint holds what passed).
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = ROOT / "build" / "lint"
COMPILER, TIDY = "clang++-14", "clang-tidy-14"
HEADER = "cmake/precompiled.h"
FLAGS = ["-std=c++20", "-Isrc", "-I.", "-Iclients/cpp/include", "-DBOOST_ASIO_SEPARATE_COMPILATION",
         "-DBOOST_BEAST_SEPARATE_COMPILATION", "-DBOOST_ASIO_NO_DEPRECATED", '-DDDBLOG_VERSION="lint"']
WITH_HEADER = ["-include-pch", str(CACHE / "precompiled.pch")]
THREADS = ["-fsyntax-only", "-Wthread-safety", "-Wthread-safety-beta", "-Werror=thread-safety-analysis",
           "-Werror=thread-safety-attributes", "-Werror=thread-safety-precise"]

hashes = {}


def hash_of(name):
    if name not in hashes:
        path = ROOT / name
        hashes[name] = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    return hashes[name]


def run(command):
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode == 0, done.stdout


class Passed:
    """What a source and the project's files that it includes were when it passed."""

    def __init__(self, name):
        self.file = CACHE / (name.replace("/", "_") + ".json")
        try:
            self.inputs = json.loads(self.file.read_text())
        except (OSError, ValueError):
            self.inputs = {}

    def holds(self, tidy):
        return bool(self.inputs) and (not tidy or ".clang-tidy" in self.inputs) and all(
            hash_of(name) == was for name, was in self.inputs.items())

    def save(self, names):
        self.file.write_text(json.dumps({name: hash_of(name) for name in names}))


def included(rule_file):
    """The project's files in a make rule that clang wrote."""
    names = re.sub(r"\\\n", " ", rule_file.read_text()).split(":", 1)[1].split()
    relative = {os.path.relpath(name, ROOT) if os.path.isabs(name) else os.path.normpath(name) for name in names}
    return {name for name in relative if not name.startswith(("build", ".."))}


def check(name, tidy):
    """(whether it passed, what was said)"""
    rule_file = CACHE / (name.replace("/", "_") + ".d")
    good, said = run([COMPILER, *FLAGS, *WITH_HEADER, *THREADS, "-MMD", "-MF", str(rule_file), name])
    inputs = {name, HEADER, "tests/clang_checks.py"}
    if good and tidy:
        good, said = run([TIDY, "--quiet", name, "--", *FLAGS, *WITH_HEADER])
        inputs.add(".clang-tidy")
    if good:
        Passed(name).save(inputs | included(rule_file))
    return good, said


def main():
    tidy = "--tidy" in sys.argv
    asked = [argument for argument in sys.argv[1:] if argument != "--tidy"]
    all_names = [str(path.relative_to(ROOT)) for folder in ("src", "clients/cpp/src") for path in (ROOT / folder).rglob("*.cc")]
    names = sorted(name for name in all_names if name in asked or not asked)
    CACHE.mkdir(parents=True, exist_ok=True)
    due = [name for name in names if not Passed(name).holds(tidy)]
    if due:
        good, said = run([COMPILER, *FLAGS, "-x", "c++-header", HEADER, "-o", WITH_HEADER[1]])
        if not good:
            sys.exit(said)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for good, said in pool.map(lambda name: check(name, tidy), due):
            if not good:
                failed += 1
                print(said, file=sys.stderr, flush=True)
    print(f"{len(names)} sources, {len(due)} of them checked{' with clang-tidy' if tidy else ''}, {failed} do not pass")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
