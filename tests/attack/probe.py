"""What every attack measures: how long an append of somebody else takes meanwhile, and the program's memory.

    with Probe(cloud) as probe:
        …                                # the attack
    probe.figures()                      # {"appends": …, "longest_append_ms": …, "peak_mib": …}
"""
import resource
import socket
import threading
import time

import cloud as clouds

MIB = 1 << 20
LONGEST_APPEND_MS = 1000
PEAK_MIB = 1024


def memory_mib(cloud):
    """The resident memory of the program now."""
    with open("/proc/%d/status" % cloud.process.pid) as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) // 1024


class Probe:
    """Appends one event after another on new connections, and looks at the memory, until the block ends."""

    def __init__(self, cloud, pause_seconds=0.02):
        self.cloud, self.pause_seconds = cloud, pause_seconds
        self.over = threading.Event()
        self.appends, self.longest_ms, self.peak_mib, self.failures = 0, 0.0, 0, []
        self.threads = [threading.Thread(target=work, daemon=True) for work in (self._append, self._watch)]

    def _append(self):
        stream = "probe-%d" % time.monotonic_ns()
        while not self.over.is_set():
            begin = time.monotonic()
            try:
                self.cloud.append(stream, self.appends + 1)
                self.appends += 1
            except (OSError, clouds.Refused) as failed:
                self.failures.append(repr(failed))
            self.longest_ms = max(self.longest_ms, (time.monotonic() - begin) * 1000)
            self.over.wait(self.pause_seconds)

    def _watch(self):
        while not self.over.wait(0.02):
            self.peak_mib = max(self.peak_mib, memory_mib(self.cloud))

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join(60)

    def figures(self):
        return {"appends": self.appends, "longest_append_ms": round(self.longest_ms), "peak_mib": self.peak_mib,
                "failed_appends": len(self.failures)}

    def check(self, longest_ms=LONGEST_APPEND_MS):
        figures = self.figures()
        assert not self.failures, self.failures[:3]
        assert figures["appends"] > 0, figures
        assert figures["longest_append_ms"] < longest_ms, figures
        assert figures["peak_mib"] < PEAK_MIB, figures
        return figures


def check_memory_returns(cloud, mib=300, seconds=20):
    """The program gives back what the attack made it take."""
    return clouds.eventually(lambda: memory_mib(cloud) < mib and memory_mib(cloud), "less than %d MiB are resident" % mib,
                             seconds)


def raise_descriptor_limit():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def connect(cloud, receive_buffer=None):
    one = socket.socket()
    if receive_buffer:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    one.settimeout(20)
    one.connect(("127.0.0.1", cloud.port))
    return one


def head(operation, length, **headers):
    lines = dict(clouds.SIGNED, **{"Host": "localhost", "X-Amz-Target": "DynamoDB_20120810." + operation,
                                   "Content-Type": "application/x-amz-json-1.0", "Content-Length": length}, **headers)
    return ("POST / HTTP/1.1\r\n" + "".join("%s: %s\r\n" % line for line in lines.items()) + "\r\n").encode()
