"""A program on a pseudo-terminal, as a person would use it. Every wait has a limit, and what was shown is the message.

    with Terminal(BINARY, "query", environment=cloud.environment_of_clients(), cwd=folder) as terminal:
        terminal.expect("Table")
        terminal.type("local-core\n")
        assert terminal.end() == 0
"""
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time

from cloud import clean_environment

SECONDS = 30  # generous: a busy machine


class Terminal:
    def __init__(self, *command, environment=None, cwd=None, columns=120, lines=40, kind="dumb"):
        self.command = [str(one) for one in command]
        self.environment = dict(clean_environment(environment), TERM=kind)
        self.cwd = cwd
        self.size = struct.pack("HHHH", lines, columns, 0, 0)
        self.shown = ""  # everything so far
        self.seen = 0    # up to here, expect() has looked

    def __enter__(self):
        self.master, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, self.size)
        # It is the controlling terminal too: /dev/tty, and Ctrl-C.
        self.process = subprocess.Popen(self.command, stdin=inner, stdout=inner, stderr=inner, env=self.environment,
                                        cwd=self.cwd, start_new_session=True,
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(inner)
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)

    def _read(self, deadline):
        """Reads what is there; False: the program has closed the terminal."""
        ready, _, _ = select.select([self.master], [], [], max(0, deadline - time.monotonic()))
        assert ready, "nothing more within %d s; shown:\n%s" % (SECONDS, self.shown)
        try:
            piece = os.read(self.master, 65536)
        except OSError:  # EIO
            return False
        self.shown += piece.decode(errors="replace").replace("\r\n", "\n")
        return bool(piece)

    def expect(self, text):
        """Waits until `text` is shown, after what the last call has waited for. Returns what came before it."""
        deadline = time.monotonic() + SECONDS
        while text not in self.shown[self.seen:]:
            assert self._read(deadline), "it ended without %r; shown:\n%s" % (text, self.shown)
        begin = self.seen
        self.seen = self.shown.index(text, begin) + len(text)
        return self.shown[begin:self.seen - len(text)]

    def type(self, text):
        os.write(self.master, text.encode())

    def interrupt(self):
        """Ctrl-C, to all processes of the terminal's foreground."""
        os.killpg(os.tcgetpgrp(self.master), signal.SIGINT)

    def end(self):
        """Reads to the end. Returns the exit status."""
        deadline = time.monotonic() + SECONDS
        while self._read(deadline):
            pass
        return self.process.wait(timeout=SECONDS)
