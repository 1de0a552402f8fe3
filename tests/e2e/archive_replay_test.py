"""The archive holds every event once, and a replay sends them again."""
import json
import re
import signal
import time

import pytest

from cloud import BUS, LOG_TABLE, Cloud, app, eventually, records

FROM, TO = "2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"
USERS = 12


@pytest.fixture(scope="module")
def cloud(folder):
    template = app("failures", folder, RETRIES=0, AGE=21600)
    with Cloud(folder, template) as running:
        running.records = template.parent
        for number in range(USERS):
            running.append("u%d" % number, 1)
            running.append("u%d" % number, 2, "addPhoneNumber", phoneNumber={"S": "+46"})
        running.append("other", 1, "opened", log="orders", name={"S": "in another log"})
        eventually(lambda: len(running.archive()) == 2 * USERS + 1, "all are archived")
        eventually(lambda: len(records(running.records, "handled")) == 2 * USERS, "all are handled")
        yield running


def test_every_event_is_there_once_with_its_columns(cloud):
    rows = cloud.archive()
    expected = [("users#u%d#stream" % number, version) for number in range(USERS) for version in (1, 2)]
    assert sorted(cloud.archived_keys()) == sorted(expected + [("orders#other#stream", 1)])
    for created, log, type, event in rows:
        assert (log, type) == (event["detail"]["log"], event["detail"]["type"])
        assert isinstance(created, (str, int, float))
        assert {"id", "source", "detail-type", "account", "time", "region", "resources", "version"} <= set(event)


def test_it_is_the_same_after_kill_9_and_a_restart(cloud):
    before = sorted(json.dumps(event, sort_keys=True) for *_, event in cloud.archive())
    cloud.kill()
    cloud.start()
    cloud.append("after", 1)
    eventually(lambda: ("users#after#stream", 1) in cloud.archived_keys())
    after = sorted(json.dumps(event, sort_keys=True) for *_, event in cloud.archive()
                   if event["detail"]["key"]["pk"] != "users#after#stream")
    assert after == before


def replay(cloud, *arguments, **options):
    return cloud.ddblog("replay", "--data", cloud.data, "--from", FROM, "--to", TO, *arguments, **options)


def count(done):
    """How many events a replay says it has sent."""
    return int(re.search(r"^(\d+) events? replayed", done.stdout, re.M)[1])


def test_a_replay_to_the_bus_is_handled_again_and_not_archived_again(cloud):
    archived = sorted(cloud.archived_keys())
    done = replay(cloud, "--target", "bus", "--log", "users")
    users = [key for key in archived if key[0].startswith("users#")]
    assert count(done) == len(users), done
    def replayed():
        return [one["event"] for one in records(cloud.records, "handled") if "replay-name" in one["event"]]
    again = eventually(lambda: found if len(found := replayed()) >= len(users) else None, "all are handled again")
    assert len({event["replay-name"] for event in again}) == 1
    assert sorted((event["detail"]["key"]["pk"], event["detail"]["key"]["sk"]) for event in again) == users
    assert "replay-name" not in again[0]["detail"]
    assert sorted(cloud.archived_keys()) == archived


def test_a_replay_chooses_logs_and_types(cloud):
    assert count(replay(cloud, "--target", "bus", "--log", "orders")) == 1
    assert count(replay(cloud, "--target", "bus", "--log", "users", "--log", "orders", "--type", "addPhoneNumber")) == USERS
    assert count(replay(cloud, "--target", "bus", "--type", "opened", "--type", "nothing")) == 1
    assert count(cloud.ddblog("replay", "--data", cloud.data, "--from", "2020-01-01T00:00:00Z", "--to", "2020-01-02T00:00:00Z",
                              "--target", "bus")) == 0


def test_a_dry_run_counts_what_each_rule_would_get(cloud):
    cloud.client("events").put_rule(Name="orders", EventBusName=BUS, EventPattern='{"detail": {"log": ["orders"]}}')
    cloud.client("events").put_rule(Name="off", EventBusName=BUS, EventPattern='{"detail": {"log": ["users"]}}',
                                    State="DISABLED")
    handled = len(records(cloud.records, "handled"))
    done = cloud.ddblog("replay", "--data", cloud.data, "--target", "bus", "--dry-run", "--from", FROM)
    lines = done.stdout.splitlines()
    assert "1\torders" in lines
    assert not [line for line in lines if line.endswith("\toff")]
    assert lines[-1] == "%d events would be replayed to the bus %s" % (len(cloud.archive()), BUS)
    assert len(records(cloud.records, "handled")) == handled
    done = cloud.ddblog("replay", "--data", cloud.data, "--target", "table", "--dry-run", check=False)
    assert done.returncode == 2 and "--dry-run" in done.stderr


def test_a_replay_keeps_to_its_rate(cloud):
    begun = time.monotonic()
    done = cloud.ddblog("replay", "--data", cloud.data, "--target", "bus", "--log", "orders", "--rate", "4")
    assert count(done) == 1
    assert time.monotonic() - begun >= 0.25


def test_the_cloud_replays_from_its_own_archive(cloud):
    dry = cloud.ddblog("replay", "--target", "bus", "--dry-run", "--log", "users", "--log", "orders")
    assert "1\torders" in dry.stdout.splitlines()
    assert dry.stdout.splitlines()[-1] == "%d events would be replayed to the bus %s" % (len(cloud.archive()), BUS)
    assert cloud.client("events").list_replays()["Replays"] == []  # what only counts is none
    done = cloud.ddblog("replay", "--target", "bus", "--log", "orders", "--name", "own", "--from", FROM)
    assert count(done) == 1
    kept = cloud.client("events").describe_replay(ReplayName="own")
    assert kept["State"] == "COMPLETED" and kept["EventSourceArn"].endswith(":event-bus/" + BUS)
    assert count(cloud.ddblog("replay", "--target", "bus", "--rule", "orders")) == len(cloud.archive())
    refused = cloud.ddblog("replay", "--target", "bus", "--rule", "nobody", check=False)
    assert refused.returncode == 5 and "Rule nobody does not exist" in refused.stderr
    for wrong in (("--target", "table", "--rule", "orders"), ("--target", "bus", "--dry-run", "--detach"),
                  ("--target", "bus", "--data", cloud.data, "--archive", "a")):
        assert cloud.ddblog("replay", *wrong, check=False).returncode == 2


def test_ctrl_c_cancels_a_replay_and_detach_leaves_it(cloud):
    events = cloud.client("events")
    replay = cloud.popen("replay", "--target", "bus", "--name", "slow", "--rate", "1")
    running = {"State": "RUNNING"}.items()

    def state(name):
        found = [one for one in events.list_replays(NamePrefix=name)["Replays"]]
        return found[0] if found else {}
    eventually(lambda: running <= state("slow").items() and "EventLastReplayedTime" in state("slow"), "it runs")
    replay.send_signal(signal.SIGINT)
    _, error = replay.communicate(timeout=20)
    assert replay.returncode == 1 and "replay slow was cancelled after" in error
    assert state("slow")["State"] == "CANCELLED"
    done = cloud.ddblog("replay", "--target", "bus", "--log", "orders", "--name", "left", "--detach")
    assert done.stdout.startswith("left has started")
    eventually(lambda: state("left").get("State") == "COMPLETED", "it completes")


def test_a_cloud_in_memory_replays_too(folder):
    with Cloud(folder / "memory", in_memory=True) as memory:
        memory.append("u1", 1)
        done = eventually(lambda: (lambda done: done if "0 events" not in done.stdout else None)(
            memory.ddblog("replay", "--target", "bus")), "the event is archived, and replayed")
        assert count(done) == 1


def test_a_replay_to_the_table_puts_only_what_is_absent(cloud):
    gone = {"pk": {"S": "users#u3#stream"}, "sk": {"N": "2"}}
    before = cloud.call("GetItem", {"TableName": LOG_TABLE, "Key": gone})["Item"]
    cloud.call("DeleteItem", {"TableName": LOG_TABLE, "Key": gone})
    done = replay(cloud, "--target", "table")
    there = int(re.search(r"(\d+) were already there", done.stdout)[1])
    assert (count(done), there) == (1, len(set(cloud.archived_keys())) - 1), done.stdout
    after = cloud.call("GetItem", {"TableName": LOG_TABLE, "Key": gone})["Item"]
    assert {name: after[name] for name in ("pk", "sk", "type", "log", "payload")} == \
        {name: before[name] for name in ("pk", "sk", "type", "log", "payload")}
    table = cloud.call("Query", {"TableName": LOG_TABLE, "KeyConditionExpression": "pk = :pk",
                                 "ExpressionAttributeValues": {":pk": {"S": "users#u3#stream"}}})
    assert table["Count"] == 2


@pytest.mark.parametrize("arguments, words", [
    (("--from", "yesterday", "--to", TO, "--target", "bus"), "yesterday"),
    (("--from", TO, "--to", FROM, "--target", "bus"), ""),
    (("--from", FROM, "--to", TO, "--target", "moon"), "moon"),
    (("--from", FROM, "--to", TO), "target"),
])
def test_a_wrong_command_line_is_refused_in_one_line(cloud, arguments, words):
    done = cloud.ddblog("replay", "--data", cloud.data, *arguments, check=False)
    assert done.returncode == 2, done
    assert len(done.stderr.strip().splitlines()) == 1 and words in done.stderr, done


def test_events_of_others_are_archived_too(cloud):
    """A bus is everybody's: events that are no stream changes are kept with what they have."""
    cloud.client("events").put_events(Entries=[{"Source": "somebody", "DetailType": "else", "EventBusName": BUS, "Detail": '{"a": 1.50}'}])
    found = eventually(lambda: [row for row in cloud.archive() if row[3]["source"] == "somebody"])
    assert found[0][3]["detail"] == {"a": "1.50"}
