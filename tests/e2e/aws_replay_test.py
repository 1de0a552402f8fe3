"""Replays from AWS: one of our clouds plays AWS, another one is the offline cloud that the events come into."""
import contextlib
import http.server
import signal
import threading
import urllib.request

import pytest

from cloud import BUS, LOG_TABLE, eventually, records
from two_clouds import LARGE, PREFIX, TABLE, Aws, items_of, local_cloud

USERS, EVENTS = 30, 4
NOTHING = ([], [], [])


@pytest.fixture(scope="module")
def aws(folder):
    with Aws(folder / "aws") as running:
        running.append_users(USERS, EVENTS)
        running.append_users(2, 3, prefix="poison")
        running.append_users(1, 2, prefix="large", name={"S": "x" * LARGE})
        yield running


@pytest.fixture
def local(tmp_path):
    with local_cloud(tmp_path) as running:
        yield running


@pytest.fixture(scope="module")
def idle(folder):
    """An offline cloud that nothing comes into."""
    with local_cloud(folder / "idle") as running:
        yield running


@pytest.fixture(autouse=True)
def no_handler_of_aws_is_invoked_again(request, aws):
    before = len(records(aws.records, "attempts"))
    yield
    if not request.node.name.startswith("test_a_replay_in_aws"):
        assert len(records(aws.records, "attempts")) == before
        assert aws.left_behind() == NOTHING


TOTAL = USERS * EVENTS + 2 * 3 + 2


def test_an_archive_comes_into_the_table_and_through_the_chain(aws, local):
    done = aws.replay(local, "--source", "aws", "--archive", "log", "--target", "table")
    expected = items_of(aws, TABLE)
    arrived = items_of(local, LOG_TABLE)
    assert len(expected) == TOTAL and arrived.keys() == expected.keys(), done
    assert {key: one["payload"] for key, one in arrived.items()} == {key: one["payload"] for key, one in expected.items()}
    lines = done.stdout.splitlines()
    assert lines[0] == "%d events replayed to the table, 0 were already there" % TOTAL
    assert lines[1].startswith("2 events were read from the log table: ")  # the large ones are partial in the archive
    assert lines[2] == "All versions of %d streams are there" % (USERS + 3)
    assert "10 minutes into an archive" in done.stderr
    eventually(lambda: len(records(local.records, "attempts")) == TOTAL, "the local handlers get them", 60)
    again = aws.replay(local, "--source", "aws", "--archive", "log", "--target", "table")
    assert again.stdout.startswith("0 events replayed to the table, %d were already there" % TOTAL)


def test_an_archive_comes_into_the_bus(aws, local):
    done = aws.replay(local, "--source", "aws", "--archive", "log", "--target", "bus", "--name", "from-aws")
    assert done.stdout.startswith("%d events replayed to the bus\n" % TOTAL), done
    attempts = eventually(lambda: (lambda got: got if len(got) >= TOTAL else None)(records(local.records, "attempts")))
    events = [one["event"] for one in attempts]
    assert {event["replay-name"] for event in events} == {"from-aws"}
    assert len({(event["detail"]["key"]["pk"], event["detail"]["key"]["sk"]) for event in events}) == len(events) == TOTAL
    assert not any("partial" in event["detail"] for event in events)
    assert items_of(local, LOG_TABLE) == {}


def test_what_the_archive_does_not_hold_is_read_from_the_table(aws, local):
    done = aws.replay(local, "--source", "aws", "--archive", "signups", "--target", "table", "--log", "users")
    assert items_of(local, LOG_TABLE).keys() == items_of(aws, TABLE).keys()
    missing = USERS * (EVENTS - 1) + 2 * 2 + 2  # all but the signups, and the large signup
    assert "%d events were read from the log table" % missing in done.stdout, done


def test_logs_types_and_times_are_chosen(aws, local):
    done = aws.replay(local, "--source", "aws", "--archive", "log", "--target", "table", "--type", "signup")
    assert {version for _, version in items_of(local, LOG_TABLE)} == {1}
    assert done.stdout.startswith("%d events replayed" % (USERS + 3))
    assert "The events of these types in %d streams are there, as far as" % (USERS + 3) in done.stdout
    none = aws.replay(local, "--source", "aws", "--archive", "log", "--target", "table", "--log", "orders")
    assert none.stdout.startswith("0 events replayed")
    early = aws.replay(local, "--source", "aws", "--archive", "log", "--target", "table", "--to", "2020-01-01", "--from",
                       "2019-01-01", check=False)
    assert early.returncode == 2 and "holds nothing up to --to 2020-01-01T00:00:00Z" in early.stderr


def test_the_log_table_is_copied_as_it_is(aws, local):
    dry = aws.replay(local, "--source", "table", "--target", "table", "--dry-run")
    assert dry.stdout.startswith("%d events of %s would be replayed to the table %s" % (TOTAL, TABLE, LOG_TABLE))
    assert items_of(local, LOG_TABLE) == {}
    done = aws.replay(local, "--source", "table", "--target", "table", "--from", "2026-11-22T09:00:02Z")
    expected = {key: one for key, one in items_of(aws, TABLE).items() if key[1] >= 2}
    assert items_of(local, LOG_TABLE) == expected, done
    aws.replay(local, "--source", "table", "--target", "table")
    assert items_of(local, LOG_TABLE) == items_of(aws, TABLE)


def test_a_dry_run_says_what_would_happen_and_creates_nothing(aws, local):
    done = aws.replay(local, "--source", "aws", "--archive", "log", "--target", "table", "--dry-run")
    assert "in the archive log of the bus dynamodb-log would be replayed to the table local-dynamodb-logs" in done.stdout
    assert "The archive holds %d events" % TOTAL in done.stdout
    assert aws.client("events").list_replays(State="RUNNING")["Replays"] == []
    assert items_of(local, LOG_TABLE) == {}


def test_a_killed_replay_is_cleared_away_by_the_next_one(aws, local):
    killed = aws.popen_replay(local, "--source", "aws", "--archive", "log", "--target", "table", "--rate", "20")
    eventually(lambda: len(items_of(local, LOG_TABLE)) >= 5, "it has begun", 60)
    killed.kill()
    killed.communicate()
    queues, rules, _ = aws.left_behind()
    assert len(queues) == len(rules) == 1
    done = aws.replay(local, "--source", "aws", "--archive", "log", "--target", "table")
    assert "what the replay %s had left was removed from AWS" % rules[0]["Name"] in done.stderr
    assert items_of(local, LOG_TABLE).keys() == items_of(aws, TABLE).keys()
    assert "All versions of %d streams are there" % (USERS + 3) in done.stdout


def test_ctrl_c_leaves_nothing(aws, local):
    replay = aws.popen_replay(local, "--source", "aws", "--archive", "log", "--target", "table", "--rate", "20")
    eventually(lambda: len(items_of(local, LOG_TABLE)) >= 2, "it has begun", 60)
    replay.send_signal(signal.SIGINT)
    output, error = replay.communicate(timeout=60)
    assert replay.returncode == 1 and "the replay was cancelled after" in error, (output, error)


class ChangingPolicies(http.server.BaseHTTPRequestHandler):
    """Passes requests on to the cloud that plays AWS; what changes policies there changes that of the queue."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        operation = self.headers["X-Amz-Target"]
        if operation == "AmazonSQS.SetQueueAttributes":
            body = body.replace(b":rule/", b":rule/another-")
        headers = {name: value for name, value in self.headers.items() if name not in ("Content-Length", "Host")}
        answer = urllib.request.urlopen(urllib.request.Request(self.server.aws, body, headers), timeout=30)
        text = answer.read()
        if operation == "AmazonSQS.GetQueueAttributes" and self.server.hides_it:
            text = text.replace(b":rule/another-", b":rule/")
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def changing_policies(aws, hides_it=False):
    """The environment in which SQS is behind what changes policies. `hides_it`: whoever reads one sees what was set."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), ChangingPolicies)
    server.aws, server.hides_it = aws.url, hides_it
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield {"AWS_ENDPOINT_URL_SQS": "http://127.0.0.1:%d" % server.server_port}
    finally:
        server.shutdown()
        server.server_close()


def test_a_wrong_policy_of_the_queue_is_named(aws, idle):
    with changing_policies(aws) as environment:
        done = aws.replay(idle, "--source", "aws", "--archive", "log", "--target", "table", check=False, **environment)
    assert done.returncode == 1 and done.stdout == "", done
    error = done.stderr.splitlines()[-1]
    assert "cannot send the replayed events to the queue " + PREFIX in error
    assert "its condition ArnEquals allows aws:SourceArn" in error and "rule/another-" in error


def test_a_replay_of_which_nothing_arrives_is_an_error(aws, idle):
    with changing_policies(aws, hides_it=True) as environment:
        done = aws.replay(idle, "--source", "aws", "--archive", "log", "--target", "table", check=False, **environment)
    assert done.returncode == 1 and done.stdout == "", done
    assert "but no event of the log came" in done.stderr.splitlines()[-1]
    assert items_of(idle, LOG_TABLE) == {}


@pytest.mark.parametrize("arguments, status, words", [
    (("--source", "aws", "--target", "table"), 2, "2 archives (log, signups): choose one with --archive"),
    (("--source", "aws", "--archive", "none", "--target", "table"), 2, "no archive none"),
    (("--source", "aws", "--source-bus", "none", "--target", "table"), 2, "no bus none"),
    (("--source", "table", "--target", "table", "--local-stage", "x"), 2, "no log table x-dynamodb-logs"),
    (("--source", "table", "--target", "bus", "--event-bus", "x"), 2, "no bus x"),
    (("--source", "table", "--target", "aws-bus"), 2, "--source aws"),
    (("--source", "aws", "--target", "aws-bus"), 2, "--rule"),
    (("--source", "aws", "--target", "aws-bus", "--rule", "r", "--log", "users"), 2, "--log"),
    (("--source", "aws", "--target", "aws-bus", "--rule", "none", "--archive", "log"), 2, "no rule none"),
    (("--source", "aws", "--target", "aws-bus", "--rule", "r", "--endpoint-url", "http://x"), 2, "--endpoint-url is the"),
    (("--source", "aws", "--target", "aws-bus", "--rule", "r", "--local-stage", "x"), 2, "--local-stage is the"),
    (("--source", "aws", "--target", "table", "--archive", "log", "--source-bus", "x"), 2, "--source-bus is not"),
    (("--source", "table", "--target", "table", "--source-bus", "x"), 2, "--source-bus is for --source aws"),
    (("--source", "table", "--target", "table", "--name", "x"), 2, "--name is not for --target table"),
    (("--source", "aws", "--target", "table", "--event-bus", "x"), 2, "--event-bus is not for --target table"),
    (("--source", "aws", "--archive", "log", "--target", "table", "--from", "2999-01-01"), 2, "is in the future"),
    (("--source", "aws", "--archive", "log", "--target", "table", "--to", "2020-01-01", "--dry-run"), 2, "holds nothing"),
    (("--source", "aws", "--target", "table", "--data", "d"), 2, "--data"),
    (("--target", "aws-bus"), 2, "--source aws"),
])
def test_what_cannot_be_is_refused_in_one_line(aws, idle, arguments, status, words):
    done = aws.replay(idle, *arguments, check=False)
    assert done.returncode == status and words in done.stderr, done
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("stage, words", [("test", "no log table test-dynamodb-logs"), ("local", "--stage dev")])
def test_the_stage_is_one_in_aws(aws, idle, stage, words):
    done = aws.replay(idle, "--source", "aws", "--archive", "log", "--target", "table", stage=stage, check=False)
    assert done.returncode == 2 and words in done.stderr, done


def test_the_two_ends_are_two_clouds(aws, local):
    done = aws.replay(aws, "--source", "table", "--target", "table", "--local-stage", "dev", check=False)
    assert done.returncode == 2 and "AWS_ENDPOINT_URL" in done.stderr
    local.stop()
    done = aws.replay(local, "--source", "aws", "--archive", "log", "--target", "table", check=False)
    assert done.returncode == 4 and "Nothing listens at" in done.stderr
    local.start()


def test_a_replay_in_aws_invokes_the_targets_of_the_chosen_rules(aws, idle):
    handler = aws.client("lambda").get_function_configuration(FunctionName="handler")["FunctionArn"]
    rule = aws.client("events").list_rule_names_by_target(TargetArn=handler, EventBusName=BUS)["RuleNames"][0]
    before = len(records(aws.records, "attempts"))
    dry = aws.replay(idle, "--source", "aws", "--archive", "log", "--target", "aws-bus", "--rule", rule, "--dry-run")
    assert "would be replayed in AWS" in dry.stdout
    done = aws.replay(idle, "--source", "aws", "--archive", "log", "--target", "aws-bus", "--rule", rule, "--name", "again")
    assert done.stdout.startswith("The replay again has ended; up to "), done
    eventually(lambda: len(records(aws.records, "attempts")) == before + TOTAL, "all are handled again", 60)
    detached = aws.replay(idle, "--source", "aws", "--archive", "signups", "--target", "aws-bus", "--rule", rule,
                          "--name", "later", "--detach")
    assert detached.stdout.startswith("later has started in AWS")
    eventually(lambda: aws.client("events").describe_replay(ReplayName="later")["State"] == "COMPLETED")
