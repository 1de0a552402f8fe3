"""An offline cloud in the background: started, seen, stopped, and its data removed."""
import contextlib
import fcntl
import json
import os
import signal
import sqlite3
import subprocess

import pytest

from cloud import BINARY, Cloud, alive, clean_environment, eventually, free_ports, run
from terminal import Terminal

OK, FAILURE, USAGE, NOT_REACHABLE, IN_USE = 0, 1, 2, 4, 6


class Background:
    """A folder with a cloud of its own, which is stopped at the end."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_ports(1)[0]
        self.url = "http://127.0.0.1:%d" % self.port

    def ddblog(self, *arguments, check=False, stdin=None):
        return run(BINARY, *arguments, check=check, cwd=self.folder, stdin=stdin,
                   environment={"AWS_ENDPOINT_URL": self.url})

    def start(self, *arguments, check=True):
        return self.ddblog("offline", "--detach", "--port", self.port, *arguments, check=check)

    def process(self):
        return int((self.folder / ".dynamodb-log/in-use.lock").read_text())


@pytest.fixture
def background(tmp_path):
    running = Background(tmp_path)
    yield running
    running.ddblog("stop", "--endpoint-url", running.url)


def test_it_starts_and_stops_and_keeps_what_was_written(background):
    started = background.start()
    assert "runs in the background (process %d)" % background.process() in started.stdout
    assert background.url in started.stdout
    assert (started.stderr, background.ddblog("append", "users", "1", "signup", "{}").returncode) == ("", OK)
    log = background.folder / ".dynamodb-log.log"
    assert "Stop it with `dynamodb-log stop`" in log.read_text()

    process = background.process()
    stopped = background.ddblog("stop")
    assert (stopped.returncode, stopped.stdout) == (
        OK, "The offline cloud on .dynamodb-log (process %d) has ended.\n" % process)
    eventually(lambda: not alive(process), "nothing is left of the process")
    again = background.ddblog("stop", "--data", ".dynamodb-log")
    assert again.returncode == NOT_REACHABLE
    assert "No offline cloud uses the data directory .dynamodb-log." in again.stderr

    background.start()
    assert json.loads(background.ddblog("read", "users", "1").stdout)["version"] == 1


def test_it_lives_on_when_the_terminal_goes(background):
    with Terminal(BINARY, "offline", "--detach", "--port", background.port, cwd=background.folder) as terminal:
        terminal.expect("runs in the background")
        assert terminal.end() == OK
    assert background.ddblog("streams").returncode == OK


def test_why_it_does_not_start_is_one_line_and_its_exit_status(background):
    (background.folder / "broken.yaml").write_text("Resources: [")
    wrong = background.start("--template", "broken.yaml", check=False)
    assert wrong.returncode == USAGE or wrong.returncode == FAILURE
    assert wrong.stderr.startswith("dynamodb-log: ") and wrong.stderr.count("\n") == 1, wrong
    assert wrong.stdout == ""
    background.start()
    twice = background.start("--port", "0", check=False)
    assert (twice.returncode, twice.stderr.count("\n")) == (IN_USE, 1), twice
    assert "is in use by process %d" % background.process() in twice.stderr


def test_one_in_memory_is_stopped_by_its_endpoint(background):
    background.start("--in-memory", "--log-file", "own.log")
    assert (background.folder / "own.log").exists()
    assert not (background.folder / ".dynamodb-log").exists()
    stopped = background.ddblog("stop")
    assert (stopped.returncode, stopped.stdout) == (OK, "The offline cloud at %s has ended.\n" % background.url)
    none = background.ddblog("stop")
    assert none.returncode == NOT_REACHABLE and "No offline cloud runs at " + background.url in none.stderr


def test_one_in_a_terminal_is_stopped_too(tmp_path):
    with Cloud(tmp_path) as cloud:
        process, cloud.process = cloud.process, None
        assert run(BINARY, "stop", "--data", cloud.data).returncode == OK
        assert process.wait(timeout=20) == 0


def test_another_program_that_uses_the_directory_is_left_alone(tmp_path):
    (tmp_path / ".dynamodb-log").mkdir()
    lock = open(tmp_path / ".dynamodb-log/in-use.lock", "w+")
    fcntl.flock(lock, fcntl.LOCK_EX)
    lock.write(str(os.getpid()))
    lock.flush()
    done = run(BINARY, "stop", check=False, cwd=tmp_path)
    assert done.returncode == FAILURE and "not by an offline cloud" in done.stderr
    lock.close()


def open_for_writing(pipe):
    """None: nobody reads it yet."""
    try:
        return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return None


def test_whoever_gives_up_before_it_is_ready_leaves_no_cloud(background):
    # A named pipe as a key file: the cloud waits for somebody to write into it.
    os.mkfifo(background.folder / "keys")
    command = [BINARY, "offline", "--detach", "--port", str(background.port), "--access-key-file", "keys"]
    starting = subprocess.Popen(command, cwd=background.folder, env=clean_environment(), stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)
    writer = eventually(lambda: open_for_writing(background.folder / "keys"), "the cloud reads its keys")
    starting.send_signal(signal.SIGKILL)
    starting.communicate(timeout=20)
    os.write(writer, b"local:local\n")
    os.close(writer)
    log = background.folder / ".dynamodb-log.log"
    eventually(lambda: "gone before it was ready" in log.read_text(), "it says why it ends")
    eventually(lambda: background.ddblog("stop", "--data", ".dynamodb-log").returncode == NOT_REACHABLE, "it has ended")


def test_the_log_file_gets_its_folder_and_stays_out_of_the_data(background):
    inside = background.start("--data", "a/b", "--log-file", "a/b/own.log", check=False)
    assert inside.returncode == USAGE and "must be outside the data directory a/b" in inside.stderr
    background.start("--data", "a/b/c")
    assert (background.folder / "a/b/c.log").exists()
    (background.folder / "a/b/c.log").write_bytes(b"x" * (17 << 20))
    assert background.start("--data", "a/b/c", "--port", "0", check=False).returncode == IN_USE
    assert not (background.folder / "a/b/c.log.1").exists()  # the cloud that runs writes it


def test_the_data_directory_can_be_the_current_one(background):
    data = background.folder / "data"
    data.mkdir()
    run(BINARY, "offline", "--detach", "--data", ".", "--port", background.port, cwd=data)
    assert (background.folder / "data.log").exists()
    run(BINARY, "stop", "--data", ".", cwd=data)
    assert run(BINARY, "clean", "--yes", "--data", ".", cwd=data).returncode == OK
    assert not data.exists()


def test_only_its_name_ends_the_cloud_of_another_folder(background):
    background.start("--data", "other")
    unnamed = background.ddblog("stop")
    assert unnamed.returncode == NOT_REACHABLE and unnamed.stderr.count("\n") == 1, unnamed
    assert str(background.folder / "other") in unnamed.stderr
    assert background.ddblog("stop", "--endpoint-url", background.url).returncode == OK


LEAVES_A_PROCESS = """
const { spawn } = require("child_process");
const left = spawn("sleep", ["60"], { stdio: ["ignore", "inherit", "inherit"], detached: true });
require("fs").writeFileSync("left.pid", String(left.pid));
left.unref();
module.exports = { name: "leaves" };
"""
SERVICE = """
service: ${file(leaves.js):name}
provider: {name: aws, runtime: nodejs20.x}
"""


def test_a_process_that_outlives_the_start_does_not_hold_it_up(background):
    (background.folder / "leaves.js").write_text(LEAVES_A_PROCESS)
    (background.folder / "serverless.yml").write_text(SERVICE)
    try:
        started = subprocess.run([BINARY, "offline", "--detach", "--port", str(background.port)],
                                 cwd=background.folder, env=clean_environment(), capture_output=True, timeout=45)
        assert started.returncode == OK, started
    finally:
        os.kill(int((background.folder / "left.pid").read_text()), signal.SIGKILL)


# --- clean ---

def archived_events(archive):
    with contextlib.closing(sqlite3.connect("file:%s?mode=ro" % archive, uri=True)) as database:
        return database.execute("SELECT count(*) FROM events").fetchone()[0]


def test_clean_asks_for_the_data_and_for_the_archive(background):
    background.start()
    background.ddblog("append", "users", "1", "signup", "{}", check=True)
    eventually(lambda: archived_events(background.folder / ".dynamodb-log/archive.sqlite") == 1, "it is archived")
    running = background.ddblog("clean", "--yes")
    assert (running.returncode, running.stderr.count("\n")) == (IN_USE, 1) and "dynamodb-log stop" in running.stderr
    background.ddblog("stop", check=True)
    data, archive = background.folder / ".dynamodb-log", background.folder / ".dynamodb-log-archive.sqlite"

    with Terminal(BINARY, "clean", cwd=background.folder) as terminal:
        terminal.expect("Remove .dynamodb-log with all its tables and whatever waits in it? [y/N]")
        terminal.type("n\n")
        terminal.expect("Nothing was removed.")
        assert terminal.end() == FAILURE
    assert data.exists()

    with Terminal(BINARY, "clean", cwd=background.folder) as terminal:
        terminal.expect("[y/N]")
        terminal.type("y\n")
        terminal.expect("Remove its archive of events too? [y/N]")
        terminal.type("\n")
        terminal.expect("Its archive is kept as %s" % archive)
        assert terminal.end() == OK
    assert not data.exists() and archive.exists()

    background.start()
    background.ddblog("import", "local-dynamodb-logs", archive, check=True)
    assert json.loads(background.ddblog("read", "users", "1").stdout)["type"] == "signup"
    background.ddblog("stop", check=True)
    kept = background.ddblog("clean", "--yes", "--keep-archive")
    assert kept.returncode == OK and (background.folder / ".dynamodb-log-archive-2.sqlite").exists()
