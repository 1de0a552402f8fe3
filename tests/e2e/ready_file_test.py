"""`offline --port 0 --ready-file F --parent-pid P`: no port is guessed, and no process is left."""
import json
import os
import subprocess
import sys

from cloud import BINARY, Wire, alive, clean_environment, eventually, run


def start(folder, *arguments):
    with open(folder / "output.log", "ab") as log:
        return subprocess.Popen([str(BINARY), "offline", "--port", "0", *map(str, arguments)], cwd=folder, stdout=log,
                                stderr=log, stdin=subprocess.DEVNULL, env=clean_environment())


def test_the_file_says_where_it_answers(tmp_path):
    file = tmp_path / "ready.json"
    file.write_text("of an earlier run")
    process = start(tmp_path, "--ready-file", file, "--port", "0")
    ready = eventually(lambda: file.exists() and file.read_text().startswith("{") and json.loads(file.read_text()))
    assert len(ready["ports"]) == 2 and ready["url"] == ready["urls"][0] == "http://127.0.0.1:%d" % ready["ports"][0]
    assert ready["pid"] == process.pid and ready["dataDirectory"] == str(tmp_path / ".dynamodb-log")
    for url in ready["urls"]:
        assert "TableNames" in Wire(url).call("ListTables", {})
    process.terminate()
    assert process.wait(timeout=20) == 0
    assert not file.exists() and not [one for one in tmp_path.iterdir() if one.name.startswith("ready")]


def test_a_second_start_leaves_the_file_of_the_first_one(tmp_path):
    file = tmp_path / "ready.json"
    process = start(tmp_path, "--ready-file", file)
    eventually(file.exists, "it is ready")
    ready = file.read_text()
    assert start(tmp_path, "--ready-file", file).wait(timeout=20) != 0  # the data directory is in use
    assert file.read_text() == ready
    process.kill()
    process.wait()
    again = start(tmp_path, "--ready-file", file)  # what a killed process leaves is replaced
    eventually(lambda: file.exists() and json.loads(file.read_text())["pid"] == again.pid, "it is ready")
    again.terminate()
    assert again.wait(timeout=20) == 0 and not file.exists()


def test_a_directory_is_no_ready_file(tmp_path):
    folder = tmp_path / "ready"
    folder.mkdir()
    done = run(BINARY, "offline", "--in-memory", "--port", "0", "--ready-file", folder, check=False)
    assert done.returncode != 0 and done.stderr.count("\n") == 1 and "--ready-file: " in done.stderr, done
    assert [one.name for one in tmp_path.iterdir()] == ["ready"]


def test_a_file_that_cannot_be_written_is_an_error(tmp_path):
    done = run(BINARY, "offline", "--in-memory", "--port", "0", "--ready-file", tmp_path / "none" / "ready.json", check=False)
    assert done.returncode != 0 and done.stderr.count("\n") == 1 and "--ready-file: " in done.stderr, done


def test_it_ends_with_its_parent_however_that_ends(tmp_path):
    file = tmp_path / "ready.json"
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    process = start(tmp_path, "--in-memory", "--ready-file", file, "--parent-pid", parent.pid)
    eventually(file.exists, "it is ready")
    assert process.poll() is None
    parent.kill()
    parent.wait()
    assert process.wait(timeout=20) == 0
    assert not alive(process.pid)


def test_a_parent_that_has_ended_already_is_noticed(tmp_path):
    parent = subprocess.Popen([sys.executable, "-c", ""])
    parent.wait()
    process = start(tmp_path, "--in-memory", "--parent-pid", parent.pid)
    assert process.wait(timeout=20) == 0
    assert not os.path.exists(tmp_path / ".dynamodb-log")
