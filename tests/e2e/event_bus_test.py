"""EventBridge's archives, replays, schedules and log groups with real clients, across a kill -9; and the subcommands for
rules and events."""
import json
import time

import pytest

from cloud import Cloud, eventually

PREFIX = "arn:aws:events:us-east-1:000000000000:"
GROUP = "arn:aws:logs:us-east-1:000000000000:log-group:/events/"
EVENTS = 1500
PAGE = 100  # events of a replay that are one commit


@pytest.fixture(scope="module")
def cloud(folder):
    with Cloud(folder) as running:
        yield running


def log_to(cloud, rule, group, **rule_settings):
    """A rule whose events are lines of the program's log: "/events/GROUP: NUMBER"."""
    events = cloud.client("events")
    events.put_rule(Name=rule, **rule_settings)
    events.put_targets(Rule=rule, Targets=[{"Id": "log", "Arn": GROUP + group, "InputPath": "$.detail.n"}])


def logged(cloud, group):
    marker = "/events/%s: " % group
    return [line.split(marker)[1].strip() for line in cloud.output().splitlines() if marker in line]


def put(cloud, numbers, source="shop"):
    events = cloud.client("events")
    numbers = list(numbers)
    for start in range(0, len(numbers), 10):
        entries = [{"Source": source, "DetailType": "order", "Detail": json.dumps({"n": number})}
                   for number in numbers[start:start + 10]]
        assert events.put_events(Entries=entries)["FailedEntryCount"] == 0


def test_an_archive_is_replayed_to_one_rule_across_a_kill_9(cloud):
    events = cloud.client("events")
    bus = PREFIX + "event-bus/default"
    events.create_archive(ArchiveName="orders", EventSourceArn=bus, EventPattern='{"source": ["shop"]}',
                          RetentionDays=2)
    put(cloud, range(EVENTS))
    put(cloud, [-1], source="other")
    eventually(lambda: events.describe_archive(ArchiveName="orders")["EventCount"] == EVENTS, "all are archived")
    pattern = '{"source": ["shop", "other"]}'
    log_to(cloud, "again", "again", EventPattern=pattern)
    log_to(cloud, "not-again", "not-again", EventPattern=pattern)
    events.start_replay(ReplayName="r", EventSourceArn=PREFIX + "archive/orders", EventStartTime=0,
                        EventEndTime=4_000_000_000, Destination={"Arn": bus, "FilterArns": [PREFIX + "rule/again"]})
    killed = time.time()
    cloud.kill()
    before = logged(cloud, "again")
    cloud.start()
    described = eventually(
        lambda: (lambda replay: replay if replay["State"] == "COMPLETED" else None)(
            cloud.aws_json("events", "describe-replay", "--replay-name", "r")), "the replay completes")
    assert described["EventLastReplayedTime"] and described["ReplayEndTime"]
    # It goes on after the last page that was committed. Lines of the log can get lost by a kill -9, and those of a page
    # that was not committed come again.
    def rest():
        return [int(line) for line in logged(cloud, "again")[len(before):]]
    if events.describe_replay(ReplayName="r")["ReplayEndTime"].timestamp() > killed:
        eventually(lambda: EVENTS - 1 in rest(), "the last event is replayed")
        assert rest() == list(range(rest()[0], EVENTS))  # in their order, none twice, none left out
        assert [int(line) for line in before] == list(range(len(before))) and len(before) <= rest()[0] + PAGE
    assert logged(cloud, "not-again") == []
    assert events.describe_archive(ArchiveName="orders")["EventCount"] == EVENTS
    cloud.move_clock(3 * 86_400_000)
    assert events.describe_archive(ArchiveName="orders")["EventCount"] == 0
    events.delete_archive(ArchiveName="orders")


def test_the_aws_cli_makes_an_archive_and_replays_it(cloud):
    bus = PREFIX + "event-bus/default"

    def described(what):
        return cloud.aws_json("events", "describe-" + what, "--%s-name" % what, "by-cli")
    made = cloud.aws_json("events", "create-archive", "--archive-name", "by-cli", "--event-source-arn", bus,
                          "--event-pattern", '{"source": ["till"]}', "--retention-days", "7")
    assert (made["ArchiveArn"], made["State"]) == (PREFIX + "archive/by-cli", "ENABLED")
    put(cloud, range(3), "till")
    put(cloud, range(3), "shelf")
    eventually(lambda: described("archive")["EventCount"] == 3, "those that the pattern wants are archived")
    assert described("archive")["RetentionDays"] == 7
    log_to(cloud, "by-cli", "by-cli", EventPattern='{"source": ["till"]}')
    started = cloud.aws_json("events", "start-replay", "--replay-name", "by-cli", "--event-source-arn",
                             made["ArchiveArn"], "--event-start-time", "2020-01-01T00:00:00Z", "--event-end-time",
                             "2100-01-01T00:00:00Z", "--destination", json.dumps(
                                 {"Arn": bus, "FilterArns": [PREFIX + "rule/by-cli"]}))
    assert started["ReplayArn"] == PREFIX + "replay/by-cli"
    eventually(lambda: described("replay")["State"] == "COMPLETED", "the replay completes")
    eventually(lambda: logged(cloud, "by-cli") == ["0", "1", "2"], "the rule gets them again")
    listed = cloud.aws_json("events", "list-replays", "--name-prefix", "by-")["Replays"]
    assert [(one["ReplayName"], one["State"]) for one in listed] == [("by-cli", "COMPLETED")]
    refused = cloud.aws("events", "cancel-replay", "--replay-name", "by-cli", check=False)
    assert "(IllegalStatusException) when calling the CancelReplay operation" in refused.stderr
    cloud.aws("events", "update-archive", "--archive-name", "by-cli", "--retention-days", "1")
    assert described("archive")["RetentionDays"] == 1
    cloud.aws("events", "delete-archive", "--archive-name", "by-cli")
    gone = cloud.aws("events", "describe-archive", "--archive-name", "by-cli", check=False)
    assert "(ResourceNotFoundException) when calling the DescribeArchive operation" in gone.stderr


def test_a_schedule_is_due_by_the_clock(cloud):
    log_to(cloud, "hourly", "hourly", ScheduleExpression="rate(1 hour)")
    cloud.client("events").put_targets(
        Rule="hourly", Targets=[{"Id": "log", "Arn": GROUP + "hourly", "InputPath": "$.detail-type"}])
    cloud.move_clock(3 * 3_600_000 + 1)
    eventually(lambda: logged(cloud, "hourly") == ['"Scheduled Event"'] * 3, "it is due three times")
    cloud.client("events").disable_rule(Name="hourly")


def test_rules_are_tested_and_events_put(cloud):
    log_to(cloud, "uploads", "uploads", EventPattern=json.dumps(
        {"source": ["aws.s3"], "detail": {"n": [{"numeric": [">", 5]}]}}))
    log_to(cloud, "far", "far", EventPattern='{"source": ["x"], "detail-type": ["y"]}')
    event = '{"source": "aws.s3", "detail": {"n": 3}}'
    done = cloud.ddblog("rules", "test", event, "--bus", "default")
    lines = done.stdout.splitlines()
    place = lines.index("does not  uploads")
    assert lines[place + 1].strip() == 'detail.n is 3; the pattern wants [{"numeric": [">", 5]}]'
    assert place < lines.index("does not  far")
    done = cloud.ddblog("rules", "test", event.replace("3", "7"), "--bus", "default", "--rule", "uploads")
    # "aws.s7" now: the source is the miss.
    assert 'source is "aws.s7"; the pattern wants ["aws.s3"]' in done.stdout
    done = cloud.ddblog("put-event", "--bus", "default", "--source", "aws.s3", "--detail-type", "Object Created",
                        "--detail", '{"n": 8}')
    assert len(done.stdout.strip()) == 36
    eventually(lambda: logged(cloud, "uploads") == ["8"], "the event arrives")
    done = cloud.ddblog("put-event", "--bus", "default", "--source", "s", "--detail-type", "t", "--detail", "[]",
                        check=False)
    assert done.returncode != 0 and "must be a JSON object" in done.stderr


def queue(cloud, name, allowed_rule="*", **attributes):
    """A queue, to which rules with this name may send. Its URL and ARN."""
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    allow(cloud, url, arn, allowed_rule)
    return url, arn


def allow(cloud, url, arn, rule):
    cloud.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps({"Statement": [{
        "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn,
        "Condition": {"ArnLike": {"aws:SourceArn": PREFIX + "rule/" + rule}}}]})})


def receive(cloud, url, count):
    """Receives and deletes so many messages; fails if there are more."""
    sqs = cloud.client("sqs")
    messages = []

    def look():
        got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"],
                                  MessageAttributeNames=["All"]).get("Messages", [])
        for message in got:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        messages.extend(got)
        return len(messages) >= count
    eventually(look, "%d messages in %s" % (count, url))
    assert len(messages) == count
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    return messages


def test_a_fifo_queue_gets_events_in_their_message_group(cloud):
    url, arn = queue(cloud, "orders.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    strict_url, strict_arn = queue(cloud, "strict.fifo", FifoQueue="true")  # it wants deduplication ids: rules have none
    dead_url, dead_arn = queue(cloud, "fifo-dead")
    events = cloud.client("events")
    events.put_rule(Name="fifo", EventPattern='{"source": ["fifo"]}')
    events.put_targets(Rule="fifo", Targets=[
        {"Id": "a", "Arn": arn, "SqsParameters": {"MessageGroupId": "group a"}, "DeadLetterConfig": {"Arn": dead_arn}},
        {"Id": "b", "Arn": arn, "SqsParameters": {"MessageGroupId": "b"}, "Input": '"always the same"'},
        {"Id": "c", "Arn": arn, "SqsParameters": {"MessageGroupId": "c"}, "InputPath": "$.detail"},
        {"Id": "strict", "Arn": strict_arn, "SqsParameters": {"MessageGroupId": "g"},
         "DeadLetterConfig": {"Arn": dead_arn}}])
    put(cloud, range(12), source="fifo")
    # A space is no character of a message group: those events go to the dead-letter queue.
    messages = receive(cloud, url, 13)
    groups = {}
    for message in messages:
        groups.setdefault(message["Attributes"]["MessageGroupId"], []).append(json.loads(message["Body"]))
    assert groups == {"b": ["always the same"], "c": [{"n": n} for n in range(12)]}  # one of b: the rest are duplicates
    dead = [(message["MessageAttributes"]["TARGET_ARN"]["StringValue"], json.loads(message["Body"])["detail"]["n"])
            for message in receive(cloud, dead_url, 24)]
    assert sorted(dead) == sorted((target, n) for target in (arn, strict_arn) for n in range(12))
    receive(cloud, strict_url, 0)


def test_what_a_queue_does_not_allow_is_dead_kept_and_delivered_once_more(cloud):
    url, arn = queue(cloud, "closed", allowed_rule="another")
    dead_url, dead_arn = queue(cloud, "closed-dead")
    events = cloud.client("events")
    rule = events.put_rule(Name="closed", EventPattern='{"source": ["closed"]}')["RuleArn"]
    events.put_targets(Rule="closed", Targets=[
        {"Id": "q", "Arn": arn, "InputPath": "$.detail", "DeadLetterConfig": {"Arn": dead_arn}}])
    put(cloud, [1], source="closed")
    [dead] = receive(cloud, dead_url, 1)
    attributes = {name: value["StringValue"] for name, value in dead["MessageAttributes"].items()}
    why = attributes.pop("ERROR_MESSAGE")
    assert "policy of the queue closed does not allow" in why
    assert attributes == {"RULE_ARN": rule, "TARGET_ARN": arn, "ERROR_CODE": "NO_PERMISSIONS", "RETRY_ATTEMPTS": "0"}
    event = json.loads(dead["Body"])
    assert (event["source"], event["detail"]) == ("closed", {"n": 1})
    eventually(lambda: why in cloud.output(), "the log says it, too")

    def kept():
        return [failure for failure in map(json.loads, cloud.ddblog("failures", "-o", "json").stdout.splitlines())
                if failure["place"] == arn]
    [failure] = kept()
    assert failure["condition"] == "NO_PERMISSIONS" and failure["destinations"] == [dead_arn]
    assert (failure["source"], failure["requestId"], failure["attemptCount"]) == (rule, event["id"], 1)
    refused = cloud.ddblog("failures", "redrive", failure["id"], check=False)
    assert refused.returncode != 0 and "NO_PERMISSIONS" in refused.stderr  # the policy counts for it, too
    receive(cloud, url, 0)
    allow(cloud, url, arn, "closed")
    cloud.ddblog("failures", "redrive", failure["id"])
    assert [message["Body"] for message in receive(cloud, url, 1)] == ['{"n": 1}']
    assert [failure["redriven"]["count"] for failure in kept()] == [1]
    receive(cloud, dead_url, 0)


def test_a_replay_reaches_a_queue_once_for_each_event(cloud):
    url, arn = queue(cloud, "replayed")
    events = cloud.client("events")
    bus = PREFIX + "event-bus/default"
    events.create_archive(ArchiveName="queued", EventSourceArn=bus, EventPattern='{"source": ["queued"]}')
    put(cloud, range(250), source="queued")
    events.put_rule(Name="queued", EventPattern='{"source": ["queued"], "replay-name": ["to-queue"]}')
    events.put_targets(Rule="queued", Targets=[{"Id": "q", "Arn": arn, "InputPath": "$.detail.n"}])
    events.start_replay(ReplayName="to-queue", EventSourceArn=PREFIX + "archive/queued", EventStartTime=0,
                        EventEndTime=4_000_000_000, Destination={"Arn": bus})
    assert sorted(int(message["Body"]) for message in receive(cloud, url, 250)) == list(range(250))
    eventually(lambda: events.describe_replay(ReplayName="to-queue")["State"] == "COMPLETED", "it completes")
    events.delete_archive(ArchiveName="queued")
