"""Checks the house rules that a compiler does not, as rooms.txt states them: which room includes which, where headers
from outside are included, how long files are, and that nothing lies about unused. Prints one line for each breach and
exits 1 if there is any. A test may include what it likes.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LONGEST_FILE = 500


def read_rooms():
    """rooms.txt: {room: rooms that it may include}, {how a header from outside begins: rooms that may include it}"""
    rooms, outside = {}, {}
    for line in (ROOT / "rooms.txt").read_text().splitlines():
        fields = [field.strip() for field in line.split("|")]
        if line.startswith("header "):
            outside[fields[0].split()[1]] = set(fields[1].split())
        elif len(fields) == 3 and not line.startswith("#"):
            rooms[fields[0]] = set(fields[1].split())
    return rooms, outside


ROOMS, OUTSIDE = read_rooms()


def room_of(path):
    """The room of a file, by its path below src/ (or of clients/…); None: it is in no room."""
    matching = [room for room in ROOMS if path == room or path.startswith(room + "/")]
    return max(matching, key=len, default=None)


def includes(path):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        found = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
        if found:
            yield number, found.group(1)


def included_room(name):
    """The room of an included header; None: it is not the project's own."""
    if name.startswith("ddblog/"):
        name = "clients/cpp/include/" + name
    return room_of(name) if (ROOT / "src" / name).exists() or (ROOT / name).exists() else None


def breaches_of(path):
    relative = path.relative_to(ROOT)
    lines = len(path.read_text().splitlines())
    if lines > LONGEST_FILE:
        yield f"{relative}: {lines} lines, more than {LONGEST_FILE}: two files in one?"
    if relative.parts[0] == "tests" or str(relative) == "src/main.cc":
        return
    room = room_of(str(relative).removeprefix("src/"))
    if room is None:
        yield f"{relative}: in no room of rooms.txt"
        return
    is_public = str(relative).startswith("clients/cpp/include/")
    for number, name in includes(path):
        other = included_room(name)
        if is_public and ((other and not name.startswith("ddblog/")) or any(name.startswith(prefix) for prefix in OUTSIDE)):
            yield f"{relative}:{number}: a public header includes {name}"
        elif other and other != room and other not in ROOMS[room]:
            yield f"{relative}:{number}: {room} may not include {other} (rooms.txt)"
        for prefix, allowed in OUTSIDE.items():
            if name.startswith(prefix) and room not in allowed:
                yield f"{relative}:{number}: {name} is the business of {', '.join(sorted(allowed))}"


def sources(*folders):
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*")) if path.suffix in (".cc", ".h")]


KEY_SPACE = re.compile(r"^(?:inline constexpr KeySpace |enum class KeySpace .*\{ )(k\w+)(?:\{| = )(0x[0-9A-Fa-f]{2})", re.MULTILINE)


def breaches_of_key_spaces(files):
    """The first byte of a key says whose it is: two key spaces of one byte would mix their entries."""
    texts = {path.relative_to(ROOT): path.read_text() for path in files}
    owners = {}
    for path, text in texts.items():
        for name, byte in KEY_SPACE.findall(text):
            if byte in owners:
                yield f"{path}: key space {byte} is {owners[byte]} already"
            owners[byte] = f"{name} in {path}"
            uses = sum(len(re.findall(rf"(?:key_spaces|KeySpace)::{name}\b", other)) for other in texts.values())
            if uses == 0:
                yield f"{path}: nothing uses the key space {name}"
    if not owners:
        yield "no key spaces found: this check looks for something else than there is"


def main():
    files = sources("src", "clients/cpp", "tests")
    breaches = [breach for path in files for breach in breaches_of(path)]
    breaches += breaches_of_key_spaces(sources("src"))
    for breach in breaches:
        print(breach, file=sys.stderr)
    print(f"{len(files)} files, {len(breaches)} breaches of the house rules")
    return 1 if breaches else 0


sys.exit(main())
