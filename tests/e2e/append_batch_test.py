"""`append --batch`, and `fake-data` with a rate: many events in one command."""
import json

import pytest

from cloud import BINARY, Cloud, eventually, run

OK, FAILURE, USAGE, CONFLICT = range(4)


@pytest.fixture(scope="module")
def cloud(folder):
    with Cloud(folder, in_memory=True) as running:
        yield running


def lines_of(*events):
    return "".join(json.dumps(event) + "\n" for event in events)


def event(id, type="placed", **more):
    return dict({"log": "orders", "id": id, "type": type}, **more)


def read(cloud, id):
    return [json.loads(line) for line in cloud.ddblog("read", "orders", id).stdout.splitlines()]


def test_a_batch_is_appended_line_by_line(cloud):
    (cloud.folder / "events.jsonl").write_text(lines_of(
        event("1", payload={"total": 12.5}, expected="none", metadata={"by": "me"}), event("2"), event("1", "paid", version=2)))
    done = cloud.ddblog("append", "--batch", "events.jsonl")
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {"log": "orders", "id": "1", "version": 1}, {"log": "orders", "id": "2", "version": 1},
        {"log": "orders", "id": "1", "version": 2}]
    assert done.stderr == "3 events appended to local-dynamodb-logs\n"
    first, second = read(cloud, "1")
    assert (first["payload"], first["metadata"]) == ({"id": "1", "total": 12.5}, {"by": "me"})
    assert second["type"] == "paid"


def test_what_read_prints_can_be_appended_and_repeated(cloud):
    cloud.ddblog("append", "orders", "copied", "placed", '{"n": 1.0000000000000000000000000000000001}')
    cloud.ddblog("append", "orders", "copied", "paid", "{}")
    events = cloud.ddblog("read", "orders", "copied").stdout
    cloud.reset()
    assert cloud.ddblog("append", "--batch", "-", stdin=events).stderr == "2 events appended to local-dynamodb-logs\n"
    done = cloud.ddblog("append", "--batch", "-", stdin=events)
    assert done.stderr == "0 events appended to local-dynamodb-logs, 2 were there already\n"
    assert "1.0000000000000000000000000000000001" in cloud.ddblog("read", "orders", "copied").stdout
    assert len(read(cloud, "copied")) == 2


def test_a_file_that_is_wrong_appends_nothing(cloud):
    (cloud.folder / "wrong.jsonl").write_text(lines_of(event("wrong")) + "\n" + lines_of(event("wrong", playload={})))
    done = cloud.ddblog("append", "--batch", "wrong.jsonl", check=False)
    assert (done.returncode, done.stderr) == (USAGE, 'dynamodb-log: line 3 of wrong.jsonl: an event has no member "playload"; '
                                              'did you mean "payload"? Nothing was appended.\n')
    assert read(cloud, "wrong") == []


def test_a_batch_comes_through_a_pipe(cloud):
    script = '"$1" append --batch <(echo \'%s\')' % lines_of(event("piped")).strip()
    done = run("bash", "-c", script, "bash", BINARY, environment=cloud.environment_of_clients())
    assert done.stderr == "1 event appended to local-dynamodb-logs\n" and len(read(cloud, "piped")) == 1


def test_a_conflict_names_its_line(cloud):
    stdin = lines_of(event("late"), event("late", expected=0), event("late"))
    done = cloud.ddblog("append", "--batch", "-", stdin=stdin, check=False)
    assert done.returncode == CONFLICT
    assert done.stderr.startswith("dynamodb-log: line 2 of standard input: The stream orders#late is at version 1")
    assert "(1 event was appended before it.)" in done.stderr and len(done.stderr.splitlines()) == 1
    assert len(done.stdout.splitlines()) == 1 and len(read(cloud, "late")) == 1


@pytest.mark.parametrize("arguments, error", [
    (("--batch", "absent.jsonl"), "cannot be read"), (("--batch", "."), "cannot be read"),
    (("orders", "--batch", "-"), "not both"),
    (("--batch", "-", "--expect", "none"), "a line of a batch has its own"), (("orders", "1"), "append needs LOG, ID, TYPE"),
])
def test_a_wrong_command_line(cloud, arguments, error):
    done = cloud.ddblog("append", *arguments, check=False, stdin="")
    assert done.returncode == USAGE and error in done.stderr and len(done.stderr.splitlines()) == 1


def test_the_output_has_three_formats(cloud):
    for output, expected in (("json", '[\n{"log":"orders","id":"o","version":1}\n]\n'),
                             ("jsonl", '{"log":"orders","id":"o","version":2}\n'),
                             ("table", "log     id  version\norders  o   3\n")):
        assert cloud.ddblog("append", "orders", "o", "placed", "{}", "-o", output).stdout == expected


def test_made_up_users_come_at_a_rate(cloud):
    done = cloud.ddblog("fake-data", "--users", "3", "--rate", "1000", "-o", "jsonl")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(events) == 12 and {one["version"] for one in events} == {1, 2, 3, 4}
    stream = cloud.ddblog("read", "users", events[0]["id"]).stdout.splitlines()
    assert [json.loads(line)["type"] for line in stream] == [one["type"] for one in events[:4]]


def test_a_rate_ends_with_ctrl_c(cloud):
    process = cloud.popen("fake-data", "--users", "1000", "--rate", "1")
    try:
        eventually(lambda: cloud.ddblog("streams", "users").stdout, "the first user is there")
        process.send_signal(2)
        output, errors = process.communicate(timeout=30)
        assert (process.returncode, errors) == (OK, "") and "users appended to local-dynamodb-logs" in output
    finally:
        process.kill()
