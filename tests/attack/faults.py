"""A machine that fails as a test says: the library faults.cc, loaded into the cloud (LD_PRELOAD), and its control.

    faults = Faults(folder, below=data)
    cloud = Cloud(folder, environment=faults.environment())
    with faults.of("fsync", errno.EIO):        # every fsync below `data` fails
        …
    faults.arm("open", errno.EMFILE, times=1)  # the next one alone
    faults.set_time_of_day(-3600)              # the machine's clock is an hour back
"""
import contextlib
import mmap
import os
import pathlib
import struct

LIBRARY = pathlib.Path(os.environ.get("ATTACK_FAULTS_LIBRARY")
                       or pathlib.Path(__file__).resolve().parents[2] / "build/release/tests/attack/libfaults.so")
KINDS = {"fsync": 0, "write": 12, "open": 24}  # places in the control file
TIME_OF_DAY, SIZE = 36, 40


class Faults:
    def __init__(self, folder, below="/nowhere"):
        self.below = pathlib.Path(below)
        self.file = pathlib.Path(folder) / "faults"
        self.file.write_bytes(bytes(SIZE))
        with open(self.file, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), SIZE)

    def environment(self):
        return {"LD_PRELOAD": str(LIBRARY), "FAULTS_CONTROL": str(self.file), "FAULTS_FOLDER": str(self.below)}

    def arm(self, kind, error, times=-1):
        """The next `times` calls fail with `error` (negative: all of them)."""
        place = KINDS[kind]
        struct.pack_into("<i", self.memory, place + 4, times)
        struct.pack_into("<i", self.memory, place, error)

    def end(self, kind):
        struct.pack_into("<i", self.memory, KINDS[kind], 0)

    def failures(self, kind):
        """How many calls have failed so far."""
        return struct.unpack_from("<i", self.memory, KINDS[kind] + 8)[0]

    def set_time_of_day(self, seconds_ahead):
        struct.pack_into("<i", self.memory, TIME_OF_DAY, seconds_ahead)

    @contextlib.contextmanager
    def of(self, kind, error):
        self.arm(kind, error)
        try:
            yield
        finally:
            self.end(kind)
