"""Checks the house rules that a compiler does not: which room includes which, where outside headers are included, and
how long files are. Prints one line for each breach and exits 1 if there is any.

A room may include the rooms above it in ROOMS (and itself); a test may include what it likes.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

ROOMS = ["base", "item", "expression", "partiql", "aws", "store", "api", "dynamodb", "streams", "eventbridge", "lambda",
         "server", "transfer", "log", "app", "cli"]

# What a room must never include although it stands above it.
NEVER = {
    "expression": {"aws"},
    "store": {"item", "expression", "partiql", "aws"},
    "api": {"item", "expression", "partiql", "aws"},
    "dynamodb": {"aws"},
    "streams": {"aws"},
    "eventbridge": {"dynamodb", "streams", "partiql", "expression", "item"},
    "transfer": {"partiql", "aws", "lambda", "server"},
    "server": {"dynamodb", "streams", "eventbridge", "lambda", "item", "expression", "partiql"},
    "log": {"partiql", "store", "api", "dynamodb", "streams", "eventbridge", "lambda", "server", "transfer"},
}

# Headers from outside: the rooms whose business they are.
OUTSIDE = {
    "rocksdb/": {"store"},
    "sqlite3.h": {"eventbridge"},
    "curl/": {"aws"},
    "openssl/": {"aws", "base"},
    "boost/asio": {"server"},
    "boost/beast": {"server"},
    "yaml-cpp/": {"app"},
    "CLI/": {"cli"},
    "spdlog/": {"cli"},
    "zlib.h": {"base"},
}

LONGEST_FILE = 500


def includes(path):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        found = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
        if found:
            yield number, found.group(1)


def breaches_of(path):
    relative = path.relative_to(ROOT)
    room = relative.parts[1] if relative.parts[0] == "src" else None
    lines = len(path.read_text().splitlines())
    if lines > LONGEST_FILE:
        yield f"{relative}: {lines} lines, more than {LONGEST_FILE}: two files in one?"
    if relative.parts[0] == "include":
        for number, name in includes(path):
            if name.split("/")[0] in ROOMS or any(name.startswith(prefix) for prefix in OUTSIDE):
                yield f"{relative}:{number}: a public header includes {name}"
        return
    if room not in ROOMS:
        return
    for number, name in includes(path):
        other = name.split("/")[0]
        if other in ROOMS and "/" in name:
            if ROOMS.index(other) > ROOMS.index(room):
                yield f"{relative}:{number}: {room} stands above {other} and must not include it"
            elif other in NEVER.get(room, ()):
                yield f"{relative}:{number}: {room} must not know {other}"
        for prefix, allowed in OUTSIDE.items():
            if name.startswith(prefix) and room not in allowed:
                yield f"{relative}:{number}: {name} is the business of {', '.join(sorted(allowed))}"


def main():
    files = [p for folder in ("src", "include", "tests") for p in sorted((ROOT / folder).rglob("*")) if p.suffix in (".cc", ".h")]
    breaches = [breach for path in files for breach in breaches_of(path)]
    for breach in breaches:
        print(breach, file=sys.stderr)
    print(f"{len(files)} files, {len(breaches)} breaches of the house rules")
    return 1 if breaches else 0


sys.exit(main())
