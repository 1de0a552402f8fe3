"""Damaged files: a start refuses them with one line, --recover goes on without what is lost, verify finds the rest."""
import re
import shutil
import sqlite3

import pytest

from cloud import LOG_TABLE, Cloud, NotReady, eventually
from damage import flipped

EVENTS = 200
DAMAGED, DIFFERENT = 8, 9


@pytest.fixture
def killed(tmp_path):
    """A data directory with events in the log and in the archive, as kill -9 leaves it."""
    cloud = Cloud(tmp_path)
    with cloud:
        for number in range(EVENTS):
            cloud.append(str(number), 1)
        eventually(lambda: len(set(cloud.archived_keys())) == EVENTS, "all events are archived")
        cloud.kill()
    return cloud


def log_file(cloud):
    return max((cloud.data / "store").glob("*.log"))


def refusal(cloud):
    """The one line of a start that refuses the directory."""
    cloud.log.unlink()
    with pytest.raises(NotReady) as refused:
        cloud.start()
    cloud.process = None
    assert refused.value.status == DAMAGED, refused.value
    line, = refused.value.output.splitlines()[-1:]
    assert "snapshot load" in line and "--recover" in line, line
    return line


def versions(cloud):
    found = set()
    for number in range(EVENTS):
        item = cloud.call("GetItem", {"TableName": LOG_TABLE, "Key": {
            "pk": {"S": "users#%d#stream" % number}, "sk": {"N": "1"}}}).get("Item")
        if item:
            found.add((number, item["payload"]["M"]["email"]["S"]))
    return found


def test_a_flipped_byte_in_the_log(killed):
    log = log_file(killed)
    flipped(log, len(log.read_bytes().rstrip(b"\0")) // 10)
    line = refusal(killed)
    assert str(log) in line
    lost = int(re.search(r"(\d+) commits are lost", line)[1])
    assert lost > EVENTS // 2
    assert refusal(killed) == line, "the first start changed nothing"
    assert killed.ddblog("verify", "--data", killed.data, check=False).returncode == DAMAGED

    killed.arguments.append("--recover")
    killed.log.unlink()
    with killed:
        back = int(eventually(lambda: re.search(r"(\d+) events put back.*is ready", killed.output(), re.DOTALL))[1])
        assert 0 < back < EVENTS
        assert versions(killed) == {(number, "%d@example.com" % number) for number in range(EVENTS)}
        assert log.with_name(log.name + ".damaged").exists()
    killed.arguments.remove("--recover")
    with killed:
        assert len(versions(killed)) == EVENTS


@pytest.mark.parametrize("name, damage", [
    ("cut", lambda file: file.write_bytes(file.read_bytes()[:len(file.read_bytes()) // 2])),
    ("emptied", lambda file: file.write_bytes(b"")),
    ("removed", lambda file: file.unlink()),
    ("overwritten", lambda file: file.write_bytes(b"not a database" * 1000)),
])
def test_a_damaged_archive(killed, name, damage):
    with killed:
        pass  # an orderly stop leaves one file
    damage(killed.data / "archive.sqlite")
    assert "archive" in refusal(killed)
    assert killed.ddblog("verify", "--data", killed.data, check=False).returncode == DAMAGED
    killed.arguments.append("--recover")
    with killed:
        assert len(versions(killed)) == EVENTS
    killed.arguments.remove("--recover")
    with killed:  # what was accepted once is not missed again
        assert len(versions(killed)) == EVENTS


@pytest.mark.parametrize("is_removed", [True, False])
def test_a_removed_or_emptied_store(killed, is_removed):
    with killed:
        pass
    shutil.rmtree(killed.data / "store")
    if not is_removed:
        (killed.data / "store").mkdir()
    assert killed.ddblog("verify", "--data", killed.data, check=False).returncode == DAMAGED
    assert "all tables are lost" in refusal(killed), "verify made no new store"
    killed.arguments.append("--recover")
    with killed:
        eventually(lambda: len(versions(killed)) == EVENTS, "all events are put back")


def test_an_archive_that_tells_another_story_than_the_log(killed):
    with killed:
        pass
    with sqlite3.connect(killed.data / "archive.sqlite") as archive:
        for stream, told, retold in [(7, "7@example.com", "7@exampme.com"), (8, '"type":"signup"', '"type":"sigoup"'),
                                     (9, '"detail":{', '"detail":[')]:
            changed = archive.execute("update events set event = replace(event, ?, ?) where event like ?",
                                      (told, retold, "%%users#%d#stream%%" % stream))
            assert changed.rowcount == 1
        damaged, = archive.execute("select eventId from events where event like '%users#9#stream%'").fetchone()
    checked = killed.ddblog("verify", "--data", killed.data, check=False)
    assert checked.returncode == DIFFERENT, checked.stdout
    assert ("differs   3 events (id %s, users#7#stream 1, users#8#stream 1) of the archive: not what the log says"
            % damaged) in checked.stdout, checked.stdout


def test_an_archive_that_lacks_events_and_a_log_that_lacks_some(killed):
    with killed:
        pass
    assert killed.ddblog("verify", "--data", killed.data).returncode == 0
    with sqlite3.connect(killed.data / "archive.sqlite") as archive:
        archive.execute("delete from events where event like '%users#7#stream%'")
    checked = killed.ddblog("verify", "--data", killed.data, check=False)
    # The change records of the last 24 hours may still be on their way.
    assert "1 on their way" in checked.stdout, checked.stdout
    with killed:
        killed.call("DeleteItem", {"TableName": LOG_TABLE, "Key": {"pk": {"S": "users#8#stream"}, "sk": {"N": "1"}}})
    checked = killed.ddblog("verify", "--data", killed.data, check=False)
    assert checked.returncode == DIFFERENT
    assert "1 event (users#8#stream 1) of the archive: not in the log" in checked.stdout, checked.stdout


def test_the_directory_is_removed_while_it_is_in_use(tmp_path):
    cloud = Cloud(tmp_path)
    with cloud:
        cloud.append("1", 1)
        cloud.data.rename(tmp_path / "elsewhere")
        eventually(lambda: "refuses writes" in cloud.output(), "it notices by itself")
        (tmp_path / "elsewhere").rename(cloud.data)
        eventually(lambda: "works again" in cloud.output(), "it notices by itself")
        cloud.append("1", 2)
        assert cloud.output().count("the store ") == 2
