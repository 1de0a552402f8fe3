"""Ways in which a file can be damaged. `place`: where, counted in bytes."""


def flipped(file, place):
    with open(file, "r+b") as opened:
        opened.seek(place)
        byte = opened.read(1)[0]
        opened.seek(place)
        opened.write(bytes([byte ^ 0x10]))


def zeroed(file, place):
    with open(file, "r+b") as opened:
        opened.seek(place)
        opened.write(bytes(min(4096, file.stat().st_size - place)))


def cut(file, place):
    with open(file, "r+b") as opened:
        opened.truncate(place)


def emptied(file, _):
    cut(file, 0)


def removed(file, _):
    file.unlink()


DAMAGES = [flipped, zeroed, cut, emptied, removed]
