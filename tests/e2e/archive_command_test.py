"""`archive ls|export|import`: the archive of events, while the cloud runs, and into another one."""
import json

import pytest

from cloud import BINARY, Cloud, run

OK, FAILURE, USAGE = range(3)


@pytest.fixture(scope="module")
def cloud(folder):
    with Cloud(folder / "cloud") as running:
        for number in range(3):
            running.ddblog("append", "users", str(number), "signup", '{"n": 1.00000000000000000000000000000000000%d}' % number)
        running.ddblog("append", "orders", "1", "placed", "{}")
        running.ddblog("settle", "--timeout", "120")
        yield running


def archive(cloud, *arguments, **options):
    return cloud.ddblog("archive", *arguments, "--data", cloud.data, **options)


def test_events_are_counted_by_log_and_type(cloud):
    lines = [json.loads(line) for line in archive(cloud).stdout.splitlines()]
    assert [(line["log"], line["type"], line["events"]) for line in lines] == [("orders", "placed", 1), ("users", "signup", 3)]
    assert lines[1]["first"] <= lines[1]["last"]
    assert [line["log"] for line in json.loads(archive(cloud, "ls", "--log", "orders", "-o", "json").stdout)] == ["orders"]
    done = archive(cloud, "ls", "--from", "2200-01-01")
    assert (done.stdout, done.stderr) == ("", "The archive has no such events.\n")


def test_events_go_into_another_log(cloud, tmp_path):
    file = tmp_path / "events.jsonl"
    done = archive(cloud, "export", file, "--log", "users")
    assert done.stderr == "3 events exported\n" and len(file.read_text().splitlines()) == 3
    assert "1.000000000000000000000000000000000002" in file.read_text()
    with Cloud(tmp_path / "other", in_memory=True) as other:
        assert other.ddblog("archive", "import", file).stdout == "3 events imported into local-dynamodb-logs\n"
        assert other.ddblog("archive", "import", file).stdout == \
            "0 events imported into local-dynamodb-logs, 3 were there already\n"
        event = json.loads(other.ddblog("read", "users", "2").stdout)
        assert (event["version"], event["type"]) == (1, "signup")
        done = other.ddblog("archive", "import", cloud.data / "archive.sqlite")
        assert done.stdout == "1 event imported into local-dynamodb-logs, 3 were there already\n"


def test_what_is_wrong_is_said_before_anything_is_written(cloud, tmp_path):
    file = tmp_path / "events.jsonl"
    archive(cloud, "export", file)
    done = archive(cloud, "export", file, check=False)
    assert done.returncode == USAGE and "exists: name a new one" in done.stderr
    file.write_text(file.read_text() + "{}\n")
    done = cloud.ddblog("archive", "import", file, check=False)
    assert done.returncode == USAGE and "line 5 of" in done.stderr
    done = run(BINARY, "archive", "--data", tmp_path / "none", check=False)
    assert done.returncode == USAGE and "There is no archive in the data directory" in done.stderr
    done = cloud.ddblog("archive", "import", "absent", check=False)
    assert done.returncode == USAGE and "absent is not a file" in done.stderr
