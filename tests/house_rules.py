"""Checks the house rules that no compiler checks.

- Rooms (rooms.txt): which room includes which, and which room may include which headers from outside.
- Length: no source or script has more than 500 lines.
- Dead files: every header is included, every source is built, every test file is run.
- Dead names: every key space, every constant in a header and every field of options is used.

`python3 tests/house_rules.py [ROOT]` prints one line for each breach and exits 1 if there is any. A test may include
what it likes. tests/house_rules_test.py breaks each rule once.
"""
import pathlib
import re
import subprocess
import sys

LONGEST_FILE = 500

# Headers that exist so that a test can reach what is behind an interface.
FOR_TESTS = {"src/store/rocksdb_store.h"}  # the store with a file system that loses what was not synced
SOURCE_FOLDERS = ("src", "clients/cpp", "tests", "bench", "examples", "cmake")
# Files that a tool finds by their place or name alone, so no other file needs to name them.
FOUND_BY_THEIR_NAME = re.compile(
    r"""tests/(e2e|attack)/\w+_test\.py
    | tests/fuzz/(corpus/\w+/.*|\w+\.dict)
    | tests/e2e/node(_library)?/[\w-]+\.test\.m[jt]s
    | tests/e2e/node_presets/[\w-]+/([\w-]+\.test|(jest|vitest)\.config)\.m?js
    | clients/python/tests/\w+_test\.py
    | clients/cases/\w+\.json
    | clients/node/types/\w+\.d\.ts
    | examples/new-project/.*
    | tests/unit/(\w+/)*cases/\w+\.cases
    | tests/wire/(?!common/)\w+/\w+/\w+\.wire
    | tests/unit/template/cases/\w+\.cases
    | .*/(README\.md|CMakeLists\.txt|package\.json|package-lock\.json|\.gitignore|pytest\.ini|\.clang-tidy)
    """, re.VERBOSE)


def without_comments(text):
    return re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)


class Tree:
    """The files of the project, read once."""

    def __init__(self, root):
        self.root = root
        self.texts = {}
        for name in self._names():
            try:
                self.texts[name] = (root / name).read_text()
            except UnicodeDecodeError:
                self.texts[name] = ""  # a fuzzer's input
        self.rooms, self.outside = self._read_rooms()
        self.code = {name: without_comments(text) for name, text in self.texts.items() if is_source(name)}
        self.words = {name: set(re.findall(r"\w+", code)) for name, code in self.code.items()}
        for name, code in self.code.items():  # a table that a macro makes names addPut as "Put"
            if "add##name" in code:
                self.words[name] |= {"add" + word for word in self.words[name]}

    def _names(self):
        """Files that git knows or would take; a tree without git: all files."""
        command = ["git", "-c", f"safe.directory={self.root}", "ls-files", "-co", "--exclude-standard", "-z"]
        listed = subprocess.run(command, cwd=self.root, capture_output=True, text=True)
        if listed.returncode == 0:
            names = [name for name in listed.stdout.split("\0") if name]
        else:
            names = [str(path.relative_to(self.root)) for path in self.root.rglob("*")]
        return sorted(name for name in names if (self.root / name).is_file())

    def _read_rooms(self):
        """rooms.txt: {room: rooms that it may include}, {how a header from outside begins: rooms that may include it}"""
        rooms, outside = {}, {}
        for line in self.texts["rooms.txt"].splitlines():
            fields = [field.strip() for field in line.split("|")]
            if line.startswith("header "):
                outside[fields[0].split()[1]] = set(fields[1].split())
            elif len(fields) == 3 and not line.startswith("#"):
                rooms[fields[0]] = set(fields[1].split())
        return rooms, outside

    def room_of(self, path):
        """The room of a file, by its path below src/ (or of clients/…); None: it is in no room."""
        matching = [room for room in self.rooms if path == room or path.startswith(room + "/")]
        return max(matching, key=len, default=None)

    def file_of(self, included, includer):
        """The project's file that an #include means; None: a header from outside."""
        folder = str(pathlib.PurePosixPath(includer).parent)
        for base in ("src", "clients/cpp/include", "tests", ".", folder):
            name = included if base == "." else f"{base}/{included}"
            if name in self.texts:
                return name
        return None


def is_source(name):
    return name.endswith((".cc", ".h")) and name.startswith(SOURCE_FOLDERS)


def includes(text):
    for number, line in enumerate(text.splitlines(), 1):
        found = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
        if found:
            yield number, found.group(1)


def check_length(tree):
    for name in tree.texts:
        if not is_source(name) and not name.endswith((".js", ".mjs", ".cjs", ".ts", ".mts", ".py")):
            continue
        lines = len(tree.texts[name].splitlines())
        if lines > LONGEST_FILE:
            yield f"{name}: {lines} lines, more than {LONGEST_FILE}: two files in one?"


def check_rooms(tree):
    for name in tree.code:
        if not name.startswith(("src/", "clients/")) or name == "src/main.cc":
            continue
        room = tree.room_of(name.removeprefix("src/"))
        if room is None:
            yield f"{name}: in no room of rooms.txt"
            continue
        is_public = name.startswith("clients/cpp/include/")
        for number, included in includes(tree.texts[name]):
            file = tree.file_of(included, name)
            other = tree.room_of(file.removeprefix("src/")) if file else None
            from_outside = any(included.startswith(prefix) for prefix in tree.outside)
            if is_public and ((other and not included.startswith("ddblog/")) or from_outside):
                yield f"{name}:{number}: a public header includes {included}"
            elif other and other != room and other not in tree.rooms[room]:
                yield f"{name}:{number}: {room} may not include {other} (rooms.txt)"
            for prefix, allowed in tree.outside.items():
                if included.startswith(prefix) and room not in allowed:
                    yield f"{name}:{number}: only {', '.join(sorted(allowed))} may include {included} (rooms.txt)"


def check_permissions(tree):
    """What rooms.txt allows is needed. A room links its own inner rooms and rooms without headers without including them."""
    used = {room: set() for room in tree.rooms}
    with_headers = {tree.room_of(name.removeprefix("src/")) for name in tree.code if name.endswith(".h")}
    for name in tree.code:
        room = tree.room_of(name.removeprefix("src/"))
        for _, included in includes(tree.texts[name]):
            file = tree.file_of(included, name)
            if room and file:
                used[room].add(tree.room_of(file.removeprefix("src/")))
    for room, allowed in tree.rooms.items():
        for other in sorted(allowed - used[room]):
            if other not in tree.rooms:
                yield f"rooms.txt: {room} may include {other}: there is no such room"
            elif other in with_headers and not other.startswith(room + "/"):
                yield f"rooms.txt: {room} may include {other}: includes nothing of it"


def check_headers(tree):
    """A header serves somebody: not only its own source and its own unit test."""
    includers = {}
    for name in tree.code:
        for _, included in includes(tree.texts[name]):
            includers.setdefault(tree.file_of(included, name), set()).add(name)
    for name in tree.code:
        if not name.endswith(".h") or name in FOR_TESTS:
            continue
        own = {name.removesuffix(".h") + ".cc"}
        users = includers.get(name, set()) - own
        if name.startswith("src/"):
            users = {user for user in users if not user.startswith("tests/unit/")}
        # cmake/precompiled.h is the compiler's argument.
        if not users and name not in tree.texts["cmake/rooms.cmake"]:
            yield f"{name}: nothing includes it"


def check_sources(tree):
    """Every .cc is part of a program: those of rooms through what they define, the others through CMake's lists."""
    wings = {"/".join(room.split("/")[:2]) if room.startswith("services/") else room for room in tree.rooms}
    cmake = "\n".join(text for name, text in tree.texts.items() if name.endswith((".cmake", "CMakeLists.txt")))
    for name, code in tree.code.items():
        if not name.endswith(".cc"):
            continue
        path = pathlib.PurePosixPath(name)
        if name.startswith("tests/unit/"):
            if not any(name.startswith(f"tests/unit/{wing}/") for wing in wings):
                yield f"{name}: no program of unit tests builds it (its folder is no room's)"
        elif name.startswith(("src/", "clients/")):
            # A library drops a source of which nothing is used: without a header of its own it must define something
            # that another file names.
            if name == "src/main.cc" or name.removesuffix(".cc") + ".h" in tree.code:
                continue
            defined = set(re.findall(r"^[\w:<>,&*\[\] ]*?(\w+)\(|^const [\w:]+ (\w+)\{", code, flags=re.MULTILINE))
            defined = {word for words in defined for word in words if word}
            others = (words for other, words in tree.words.items() if other != name and not other.startswith("tests/"))
            if all(defined.isdisjoint(words) for words in others) and "/impl/src.hpp>" not in code:
                yield f"{name}: nothing uses what it defines"
        elif path.name not in cmake and f"{path.parent.name}/*.cc" not in cmake:
            stem = path.name.removesuffix("_fuzzer.cc")
            if f"fuzzer({stem} " not in cmake:
                yield f"{name}: no target builds it"


def check_other_files(tree):
    """Scripts, test data and templates: found by their name, or named by another file."""
    everything = {name: text for name, text in tree.texts.items() if not name.startswith("tests/fuzz/corpus/")}
    for name in tree.texts:
        if is_source(name) or not name.startswith(("tests/", "bench/", "clients/", "examples/", "cmake/")):
            continue
        if FOUND_BY_THEIR_NAME.fullmatch(name):
            continue
        path = pathlib.PurePosixPath(name)
        is_module = path.suffix in (".py", ".js", ".mjs", ".cjs")  # imported, or a function's "Handler", without suffix
        named = re.compile(rf"\b{re.escape(path.stem if is_module else path.name)}\b")
        if not any(named.search(text) for other, text in everything.items() if other != name):
            yield f"{name}: nothing runs or reads it"
    # A fuzzer's inputs and words without the fuzzer.
    fuzzers = {pathlib.PurePosixPath(name).name.removesuffix("_fuzzer.cc") for name in tree.code}
    for found in sorted({found.group() for name in tree.texts if (found := re.match(r"tests/fuzz/(corpus/\w+|\w+(?=\.dict))", name))}):
        if pathlib.PurePosixPath(found).name not in fuzzers:
            yield f"{found}: there is no fuzzer of this name"


def check_names(tree):
    """Constants in headers, fields of options and settings: something reads them."""
    program = {name: code for name, code in tree.code.items() if not name.startswith("tests/unit/")}
    words, reads = {}, set()
    for code in program.values():
        for word in re.findall(r"\bk[A-Z]\w*", code):
            words[word] = words.get(word, 0) + 1
        # Read: a member that is not the left side of an assignment or of a designated initialiser.
        reads.update(re.findall(r"(?:\.|->)([a-z]\w*)\b(?!\s*=[^=])(?!\s*\{)", code))
    for name, code in program.items():
        if not name.startswith("src/") or not name.endswith(".h"):
            continue
        for word in re.findall(r"^\s*(?:inline |static )*constexpr [\w:<>, ]+?(k[A-Z]\w*)\b", code, flags=re.MULTILINE):
            if words[word] < 2:
                yield f"{name}: nothing reads {word}"
        for struct, body in re.findall(r"struct (\w*(?:Options|Settings|Limits)) \{\n(.*?)\n\};", code, flags=re.DOTALL):
            for field in re.findall(r"^  [\w:<>,&* ]+?[ &*>]([a-z]\w*[a-z0-9])(?: =[^;]*|\{[^;]*\})?;", body, flags=re.MULTILINE):
                if field not in reads:
                    yield f"{name}: nothing reads {struct}::{field}"


def check_key_spaces(tree):
    """The first byte of a key says whose it is: two key spaces of one byte would mix their entries."""
    defined = r"^(?:inline constexpr KeySpace |enum class KeySpace .*\{ )(k\w+)(?:\{| = )(0x[0-9A-Fa-f]{2})"
    owners = {}
    for name, code in tree.code.items():
        for space, byte in re.findall(defined, code, flags=re.MULTILINE) if name.startswith("src/") else ():
            if byte in owners:
                yield f"{name}: key space {byte} is {owners[byte]} already"
            owners[byte] = f"{space} in {name}"
            if not any(re.search(rf"(?:key_spaces|KeySpace)::{space}\b", other) for other in tree.code.values()):
                yield f"{name}: nothing uses the key space {space}"


CHECKS = (check_length, check_rooms, check_permissions, check_headers, check_sources, check_other_files, check_names,
          check_key_spaces)


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else __file__).resolve()
    tree = Tree(root if root.is_dir() else root.parent.parent)
    breaches = [breach for check in CHECKS for breach in check(tree)]
    for breach in breaches:
        print(breach, file=sys.stderr)
    print(f"{len(tree.code)} sources, {len(breaches)} breaches of the house rules")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
