"""Records the first five minutes of the README: runs its commands in a shell on a pseudo-terminal, and writes what the
terminal showed as asciicast v2 (https://docs.asciinema.org/manual/asciicast/v2/) and as a moving picture (svg.py).

    ./dev record                                  writes first-five-minutes.svg beside this file
    python record.py --cast FILE --svg FILE       the same, elsewhere; the cast plays in asciinema

The commands are those of the README's section, as they stand there: `./dev run` in one terminal, the others in a second one.
Needs what `./dev run` needs, with the ports 8000 and 4010 free, and the AWS CLI in .venv (`./dev install tests`).
"""
import argparse
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests/e2e"))
from docs_blocks import blocks_of  # noqa: E402

SVG = HERE / "first-five-minutes.svg"
SECTION = "## The first five minutes"
START = "./dev run\n"
COLUMNS, LINES = 112, 30
PROMPT = "\x1b]133;A\x07"  # what the shell writes before each prompt; it is not shown
STARTED = "goes on until Ctrl-C"  # what `./dev run` says when the first event is through
SECONDS = 600  # in which a command must end
LONGEST_PAUSE = 2.0  # seconds that the recording stands still, however long a command took
WORD_SECONDS = 0.12  # for typing a word
READING_SECONDS = 1.5  # how long an output stays before somebody types again


def commands(readme=ROOT / "README.md"):
    """The shell commands of the section, a block each, in their order."""
    text = readme.read_text()
    begin = text[:text.index(SECTION)].count("\n") + 1
    end = begin + text[text.index(SECTION) + 1:].split("\n## ")[0].count("\n")
    return [block.text for block in blocks_of(readme) if block.language == "sh" and begin < block.line <= end]


class Recording:
    """What a terminal showed: (seconds, text). A pause that is too long counts as LONGEST_PAUSE."""

    def __init__(self):
        self.events = []
        self.seconds, self.last = 0.0, time.monotonic()

    def add(self, text):
        now = time.monotonic()
        self.seconds += min(now - self.last, LONGEST_PAUSE)
        self.last = now
        self.events.append((round(self.seconds, 3), text))

    def hold(self, seconds):
        """Shows what is there for some seconds more."""
        self.seconds += seconds

    def cast(self):
        header = {"version": 2, "width": COLUMNS, "height": LINES, "title": "dynamodb-log: the first five minutes"}
        return "\n".join(json.dumps(one) for one in [header] + [[at, "o", text] for at, text in self.events]) + "\n"


class Shell:
    """bash on a pseudo-terminal, to which a person types."""

    def __init__(self, recording, home):
        self.recording, self.shown = recording, ""
        path = "%s:%s" % (ROOT / ".venv/bin", os.environ.get("PATH", os.defpath))
        environment = {"TERM": "xterm-256color", "PATH": path, "HOME": home, "LANG": "C.UTF-8", "AWS_PAGER": "",
                       "PS1": r"\[\e]133;A\a\]\[\e[1;32m\]$\[\e[0m\] ", "PS2": "> ", "INPUTRC": "/dev/null"}
        self.master, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self.process = subprocess.Popen(
            ["bash", "--norc", "--noprofile", "-i"], cwd=ROOT, env=environment, stdin=inner, stdout=inner, stderr=inner,
            start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(inner)
        self.wait_for(PROMPT)

    def read(self, seconds):
        """What is there within some seconds, if anything."""
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        text = os.read(self.master, 65536).decode(errors="replace")
        self.shown += text
        self.recording.add(text)
        return True

    def wait_for(self, text, seconds=SECONDS):
        deadline = time.monotonic() + seconds
        while text not in self.shown:
            if not self.read(max(0, deadline - time.monotonic())):
                sys.exit("record.py: not shown within %d s: %r\n%s" % (seconds, text, self.shown[-2000:]))
        self.shown = self.shown.split(text, 1)[1]

    def type(self, line):
        for word in re.findall(r"\s*\S+", line):
            os.write(self.master, word.encode())
            while self.read(WORD_SECONDS):
                pass
        os.write(self.master, b"\n")

    def run(self, block):
        """A block of the README; a command may have several lines. Its exit status is the reader's affair."""
        lines = block.splitlines()
        for number, line in enumerate(lines):
            self.type(line)
            if is_whole("\n".join(lines[:number + 1])):
                self.wait_for(PROMPT)
                while self.read(WORD_SECONDS):  # the prompt itself
                    pass
        self.recording.hold(READING_SECONDS)

    def end(self):
        """Ctrl-C, and away. That is not shown."""
        self.recording = Recording()
        os.killpg(os.tcgetpgrp(self.master), signal.SIGINT)
        self.wait_for(PROMPT)
        self.process.kill()
        self.process.wait()
        os.close(self.master)


def is_whole(text):
    """Whether a shell would run this, and not wait for another line."""
    if text.endswith("\\"):
        return False
    return subprocess.run(["bash", "-n", "-c", text], stderr=subprocess.DEVNULL).returncode == 0


def record():
    start, *others = commands()
    assert start == START, "the README begins with %r" % start
    recording = Recording()
    with tempfile.TemporaryDirectory() as home:
        first = Shell(recording, home)
        try:
            first.type(start.strip())
            first.wait_for(STARTED)
            while first.read(WORD_SECONDS):
                pass
            recording.hold(2 * READING_SECONDS)
            recording.add("\r\n\x1b[2J\x1b[H\x1b[2m# in another terminal\x1b[0m\r\n")
            second = Shell(recording, home)
            for block in others:
                second.run(block)
            second.end()
        finally:
            first.end()
    return recording


def main():
    parser = argparse.ArgumentParser(description="Record the README's first five minutes.")
    parser.add_argument("--cast", type=pathlib.Path, help="where to write the asciicast (default: nowhere)")
    parser.add_argument("--svg", type=pathlib.Path, default=SVG, help="where to write the picture")
    options = parser.parse_args()
    data = ROOT / ".dynamodb-log"
    if data.exists():
        sys.exit("record.py: %s exists. Run `dynamodb-log clean` first: the recording begins with an empty log." % data)
    cast = record().cast()
    shutil.rmtree(data, ignore_errors=True)
    if options.cast:
        options.cast.write_text(cast)
    from svg import picture
    options.svg.write_text(picture(cast, commands()))


if __name__ == "__main__":
    main()
