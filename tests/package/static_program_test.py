"""The package of the static programs, as somebody uses it who has nothing else: in a root directory with no other files."""
import contextlib
import ctypes
import errno
import os
import pathlib
import re
import socket
import struct
import subprocess
import tarfile
import threading
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "local",
               "AWS_SECRET_ACCESS_KEY": "local"}
# Linked into the program, and their licences ask to be named.
LIBRARIES = {"libc6-dev", "libstdc++-12-dev", "libgcc-12-dev", "libssl-dev", "librocksdb-dev", "libsqlite3-dev",
             "libboost1.81-dev", "libboost-json1.81-dev", "libyaml-cpp-dev", "libpugixml-dev", "libcli11-dev", "libtoml11-dev",
             "zlib1g-dev", "libminizip-dev", "liblz4-dev", "libzstd-dev", "libsnappy-dev", "libbz2-dev", "libjemalloc-dev"}


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """What is in the package, unpacked."""
    folder = tmp_path_factory.mktemp("package")
    done = subprocess.run([ROOT / "packaging" / "package", folder], check=True, capture_output=True, text=True, timeout=600)
    file = pathlib.Path(done.stdout.strip())
    assert re.fullmatch(r"dynamodb-log-\d+\.\d+\.\d+-linux-x64\.tar\.gz", file.name)
    with tarfile.open(file) as archive:
        archive.extractall(folder)
    return folder / file.name.removesuffix(".tar.gz")


@pytest.fixture
def run(package):
    """Runs the program with the package as its root directory; arguments are its own."""
    # Without root's rights, a user namespace gives them for the purpose.
    begin = ["chroot"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "chroot"]

    def run(*arguments):
        return subprocess.run([*begin, package, "/dynamodb-log", *arguments], env=ENVIRONMENT, capture_output=True, text=True,
                              timeout=60)

    run.begin = begin
    return run


def without_new_system_calls(first=323):
    """Answers ENOSYS to this process's system calls from a number on, as a kernel does that does not have them: from 323
    on (x86-64), they came with Linux 4.3 and later."""
    load_number, no_such_call = struct.pack("HBBI", 0x20, 0, 0, 0), struct.pack("HBBI", 0x06, 0, 0, 0x00050000 | errno.ENOSYS)
    jump_if_new, allow = struct.pack("HBBI", 0x35, 1, 0, first), struct.pack("HBBI", 0x06, 0, 0, 0x7FFF0000)
    instructions = ctypes.create_string_buffer(load_number + jump_if_new + allow + no_such_call)
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", 4, ctypes.addressof(instructions)))
    libc = ctypes.CDLL(None, use_errno=True)
    no_new_privileges, set_filter = libc.prctl(38, 1, 0, 0, 0), libc.prctl(22, 2, ctypes.byref(program), 0, 0)
    if no_new_privileges != 0 or set_filter != 0:
        raise OSError(ctypes.get_errno(), "no seccomp filter")


@contextlib.contextmanager
def offline(package, run, **options):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([*run.begin, package, "/dynamodb-log", "offline", "--port", str(port), "--template",
                                "/users/template.yaml"], env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               text=True, **options)
    try:
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        print(process.communicate(timeout=60)[0])
    assert process.returncode == 0


@pytest.mark.parametrize("program", ["dynamodb-log", "users/cpp/bootstrap"])
def test_a_program_needs_no_library(package, program):
    def readelf(option):
        return subprocess.run(["readelf", option, package / program], check=True, capture_output=True, text=True).stdout

    assert "There is no dynamic section" in readelf("-d")
    assert "INTERP" not in readelf("-l")
    assert ".symtab" not in readelf("-S")


def test_the_licences_of_everything_are_there(package):
    licences = package / "licences"
    listed = {line.split()[0] for line in (licences / "PACKAGES").read_text().splitlines()}
    assert LIBRARIES <= listed
    for name in listed:
        text = (licences / name).read_text()
        for common in re.findall(r"/usr/share/common-licenses/([A-Za-z0-9.-]*[A-Za-z0-9])", text):
            assert (licences / "common" / common).is_file(), (name, common)
    assert (package / "LICENSE").is_file() and (package / "README.md").is_file()


@pytest.mark.parametrize("kernel", [None, without_new_system_calls], ids=["this-kernel", "old-kernel"])
def test_a_first_event(package, run, kernel):
    with offline(package, run, preexec_fn=kernel) as port:
        tried = run("try", "--endpoint-url", "http://localhost:%d" % port)
        assert tried.returncode == 0, tried.stdout + tried.stderr
        assert "read model     at version 1" in tried.stdout


class NameServer:
    """Answers every DNS query for an IPv4 address with 127.0.0.1."""

    def __init__(self, address):
        self.names = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 53))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            query, client = self.socket.recvfrom(512)
            labels, position = [], 12
            while query[position]:
                labels.append(query[position + 1:position + 1 + query[position]].decode())
                position += 1 + query[position]
            self.names.append(".".join(labels))
            question = query[12:position + 5]
            is_v4 = question[-4:] == b"\0\1\0\1"
            answer = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + socket.inet_aton("127.0.0.1") if is_v4 else b""
            head = query[:2] + b"\x81\x80\0\1" + (b"\0\1" if is_v4 else b"\0\0") + b"\0\0\0\0"
            self.socket.sendto(head + question + answer, client)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may answer DNS queries, on port 53")
def test_names_are_resolved_without_the_modules_of_the_machine(package, run, tmp_path):
    # A module that ends every program that loads it. It has no dependencies, so any program could.
    source = tmp_path / "module.c"
    source.write_text('__attribute__((constructor)) void end(void) {'
                      ' __asm__ volatile("syscall" : : "a"(231), "D"(99) : "rcx", "r11", "memory"); }')
    folder = package / "lib" / "x86_64-linux-gnu"
    folder.mkdir(parents=True)
    subprocess.run(["gcc", "-shared", "-fPIC", "-nostdlib", "-o", folder / "libnss_strange.so.2", source], check=True)
    etc = package / "etc"
    etc.mkdir()
    (etc / "nsswitch.conf").write_text("hosts: strange files dns\npasswd: strange\n")
    (etc / "hosts").write_text("127.0.0.1 in-the-file.test\n")
    (etc / "resolv.conf").write_text("nameserver 127.0.0.77\n")
    server = NameServer("127.0.0.77")
    with offline(package, run) as port:
        for host in "in-the-file.test", "in-the-dns.test":
            read = run("read", "users", "1", "--endpoint-url", "http://%s:%d" % (host, port))
            # It reached the server, which does not go by these names.
            assert read.returncode == 5 and host in read.stderr and "does not name this machine" in read.stderr, read
    assert "in-the-dns.test" in server.names and "in-the-file.test" not in server.names


def test_https_without_certificates_says_what_is_missing(run):
    with socket.create_server(("127.0.0.1", 0)) as server:
        said = run("read", "users", "1", "--endpoint-url", "https://127.0.0.1:%d" % server.getsockname()[1])
    assert said.returncode != 0
    assert "no CA certificates were found on this machine" in said.stderr and said.stderr.count("\n") == 1
