"""The commands that watch and control a running offline cloud: tail, functions, invoke, settle, clock, reset, env."""
import itertools
import json
import re
import signal
import subprocess

import pytest

from cloud import BINARY, USERS, Cloud, app, clean_environment, eventually, free_ports, run

OK, FAILURE, USAGE, CONFLICT, NOT_REACHABLE, REFUSED = range(6)
SIGNUP = '{"name": "Ada", "email": "ada@localhost"}'


@pytest.fixture(scope="module")
def running(folder):
    with Cloud(folder / "cloud", USERS / "template-python.yaml", in_memory=True) as cloud:
        yield cloud


@pytest.fixture
def cloud(running):
    running.reset()
    return running


def one_line(done):
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1 and lines[0].startswith("dynamodb-log: "), done
    return lines[0]


# --- settle ---

def test_settle_waits_and_counts(cloud):
    cloud.ddblog("append", "users", "42", "signup", SIGNUP)
    assert cloud.ddblog("settle", "--timeout", "120").stdout == "Settled: 1 event, 1 invocation.\n"
    assert cloud.read_model("42")["name"] == {"S": "Ada"}
    answer = json.loads(cloud.ddblog("settle", "--timeout", "120", "-o", "json", "--until", "users#42:1").stdout)
    assert answer["settled"] and set(answer["counts"].values()) == {0}


def test_settle_says_what_failed(cloud):
    cloud.ddblog("append", "users", "43", "signup", '{"name": "Grace"}')
    done = cloud.ddblog("settle", "--advance", "--timeout", "120", check=False)
    assert done.returncode == FAILURE
    assert "Failure 1: invocation for Users, RetriesExhausted" in done.stdout
    assert "email" in done.stdout and "START RequestId: " in done.stdout
    assert cloud.ddblog("settle", "--timeout", "120").returncode == OK


def test_settle_says_what_is_not_at_rest(cloud):
    done = cloud.ddblog("settle", "--timeout", "1", "--until", "users#99:1", check=False)
    assert done.returncode == FAILURE
    assert "version 1 of the stream users#99 is not in the table" in one_line(done)
    done = cloud.ddblog("settle", "--until", "users", check=False)
    assert done.returncode == USAGE and "like users#42:3" in one_line(done)


# --- the clock ---

def clock(cloud, *arguments):
    return json.loads(cloud.ddblog("clock", *arguments, "-o", "json").stdout)


def test_the_clock_is_moved_set_and_frozen(cloud):
    assert clock(cloud)["offset"] == 0
    assert 86_399_000 < clock(cloud, "+1d")["offset"] < 86_401_000
    frozen = clock(cloud, "freeze")
    assert frozen["frozen"] and clock(cloud)["now"] == frozen["now"]
    christmas = clock(cloud, "set", "2030-12-24T18:00:00Z")
    assert (christmas["now"], christmas["frozen"]) == ("2030-12-24T18:00:00.000Z", True)
    assert not clock(cloud, "unfreeze")["frozen"]
    real = clock(cloud, "real")
    assert (real["offset"], real["frozen"]) == (0, False)
    assert re.fullmatch(r"\S+Z  \(3,600 s ahead of the machine\)\n", cloud.ddblog("clock", "1h", "--jump").stdout)


def test_what_is_no_step_of_the_clock(cloud):
    for arguments, error in ((("tomorrow",), "is not a step like"), (("set", "noon"), "is not a time"),
                             (("--jump",), "--jump goes with a step")):
        done = cloud.ddblog("clock", *arguments, check=False)
        assert done.returncode == USAGE and error in one_line(done)


# --- reset ---

def test_reset_forgets_what_was_there(cloud):
    cloud.ddblog("append", "users", "42", "signup", SIGNUP)
    cloud.local("PUT", "checkpoints/one")
    assert "is as after a start" in cloud.ddblog("reset").stdout
    assert cloud.ddblog("read", "users", "42").stdout == ""
    assert "at the checkpoint one" in cloud.ddblog("reset", "--checkpoint", "one").stdout
    assert cloud.ddblog("read", "users", "42").stdout != ""
    done = cloud.ddblog("reset", "--checkpoint", "two", check=False)
    assert done.returncode == REFUSED and "CheckpointUnknown" in one_line(done)


def test_reset_asks_before_it_deletes_a_directory(tmp_path):
    with Cloud(tmp_path) as cloud:
        cloud.ddblog("append", "users", "42", "signup", SIGNUP)
        done = cloud.ddblog("reset", check=False)
        assert done.returncode == USAGE and "use --yes" in one_line(done)
        assert cloud.ddblog("read", "users", "42").stdout != ""
        cloud.ddblog("reset", "--yes")
        assert cloud.ddblog("read", "users", "42").stdout == ""


# --- env ---

def test_a_shell_finds_the_cloud(cloud):
    script = 'eval "$("$1" env --endpoint-url "$2")"; "$1" append users 1 signup "{}" && env | grep ^AWS_ENDPOINT_URL='
    script += '; eval "$("$1" env --unset)"; env | grep ^AWS_ENDPOINT_URL= || echo gone'
    done = run("bash", "-c", script, "bash", BINARY, cloud.url)
    assert done.stdout.splitlines()[-2:] == ["AWS_ENDPOINT_URL=" + cloud.url, "gone"]
    fish = cloud.ddblog("env", "--shell", "fish").stdout.splitlines()
    assert "set -gx AWS_ENDPOINT_URL '%s'" % cloud.url in fish and "set -gx AWS_ACCESS_KEY_ID 'local'" in fish


def test_env_takes_the_token_of_other_keys_away(cloud):
    assert "unset AWS_SESSION_TOKEN" in cloud.ddblog("env").stdout.splitlines()
    assert "set -e AWS_SESSION_TOKEN" in cloud.ddblog("env", "--shell", "fish").stdout.splitlines()
    assert "TOKEN" not in cloud.ddblog("env", "--unset").stdout


def test_env_names_access_keys_that_the_cloud_accepts(tmp_path):
    secret = "it's\\"
    keys = {"DYNAMODB_LOG_ACCESS_KEYS": "ME:" + secret}
    with Cloud(tmp_path, in_memory=True, environment=keys) as cloud:
        environment = dict(keys, AWS_ACCESS_KEY_ID="ME", AWS_SECRET_ACCESS_KEY=secret, AWS_ENDPOINT_URL=cloud.url)
        lines = cloud.ddblog("env", environment=environment).stdout.splitlines()
        assert "export AWS_ACCESS_KEY_ID=ME" in lines and "export AWS_SECRET_ACCESS_KEY='it'\\''s\\'" in lines
        fish = cloud.ddblog("env", "--shell", "fish", environment=environment).stdout.splitlines()
        assert "set -gx AWS_SECRET_ACCESS_KEY 'it\\'s\\\\'" in fish


def test_env_needs_a_cloud():
    url = "http://127.0.0.1:%d" % free_ports(1)[0]
    done = run(BINARY, "env", "--endpoint-url", url, check=False)
    assert (done.returncode, done.stdout) == (NOT_REACHABLE, "") and "No offline cloud answers" in one_line(done)


# --- functions ---

def test_functions_are_listed_with_their_sources(cloud):
    functions = {one["name"]: one for one in json.loads(cloud.ddblog("functions", "-o", "json").stdout)}
    shown = {"name": "Users", "runtime": "python3.13", "state": "Active", "sources": ""}
    assert {name: functions["Users"][name] for name in shown} == shown
    assert functions["Trigger"]["sources"] == "local-dynamodb-logs"
    assert cloud.ddblog("functions", "-o", "table").stdout.split()[:4] == ["name", "runtime", "state", "sources"]
    if "invocations" in functions["Users"]:  # a cloud that counts
        for one in cloud.local("GET", "functions")[1]["functions"]:
            assert {name: functions[one["name"]][name] for name in ("invocations", "errors", "throttles")}.items() <= one.items()


def test_a_function_is_invoked(cloud):
    event = json.dumps({"detail": {"key": {"pk": "users#1#stream", "sk": "1"}}})
    cloud.ddblog("append", "users", "1", "signup", SIGNUP)
    done = cloud.ddblog("invoke", "Users", "--event", "-", stdin=event)
    assert done.stdout == "null\n" and "START RequestId: " in done.stderr
    (cloud.folder / "event.json").write_text('{"detail": 1}')
    done = cloud.ddblog("invoke", "Users", "--event", "event.json", check=False)
    assert done.returncode == FAILURE
    error = json.loads(done.stdout)
    assert done.stderr.splitlines()[-1].startswith("dynamodb-log: The function Users failed: " + error["errorType"])


def test_the_last_event_is_given_again(cloud):
    done = cloud.ddblog("invoke", "UsersOnFailure", "--last", check=False)
    assert done.returncode == FAILURE and "keeps no event of the function UsersOnFailure" in one_line(done)
    cloud.ddblog("append", "users", "44", "signup", SIGNUP)
    cloud.ddblog("settle", "--timeout", "120")
    cloud.client("dynamodb").delete_item(TableName="local-core", Key={"pk": {"S": "users#44"}, "sk": {"S": "users#44"}})
    for _ in range(2):  # its own invocation does not count
        assert cloud.ddblog("invoke", "Users", "--last").stdout == "null\n"
    assert json.loads(cloud.ddblog("query", "core", "--pk", "users#44").stdout)["version"] == 1


def test_the_event_of_the_last_failure_is_given_again(cloud):
    cloud.ddblog("append", "users", "43", "signup", '{"name": "Grace", "n": 1.000000000000000000000000000001}')
    cloud.ddblog("settle", "--advance", "--timeout", "120", check=False)
    done = cloud.ddblog("invoke", "Users", "--last", check=False)
    assert done.returncode == FAILURE and "email" in json.loads(done.stdout)["errorMessage"]


def test_the_last_event_of_a_rule_that_is_gone_is_not_given_again(cloud):
    events = cloud.client("events")
    arn = cloud.client("lambda").get_function_configuration(FunctionName="Users")["FunctionArn"]
    events.put_rule(Name="shop", EventBusName="dynamodb-log", EventPattern='{"source": ["shop"]}')
    events.put_targets(Rule="shop", EventBusName="dynamodb-log", Targets=[{"Id": "1", "Arn": arn, "Input": '{"detail": 1}'}])
    cloud.ddblog("put-event", "--source", "shop", "--detail-type", "order")
    cloud.ddblog("settle", "--advance", "--timeout", "120", check=False)
    events.remove_targets(Rule="shop", EventBusName="dynamodb-log", Ids=["1"])
    events.delete_rule(Name="shop", EventBusName="dynamodb-log")
    done = cloud.ddblog("invoke", "Users", "--last", check=False)
    assert done.returncode == FAILURE and "The rule shop is gone" in done.stderr
    assert "With the event of the function's last failure" in done.stderr


def test_what_cannot_be_invoked(cloud):
    done = cloud.ddblog("invoke", "nobody", check=False)
    assert done.returncode == REFUSED and "`dynamodb-log functions` lists the functions" in one_line(done)
    (cloud.folder / "broken.json").write_text("{")
    for arguments, error in ((("--event", "absent.json"), "absent.json"), (("--event", "broken.json"), "is not JSON"),
                             (("--event", "broken.json", "--last"), "not both"), (("--event", "-"), "has more than 6 MiB")):
        done = cloud.ddblog("invoke", "Users", *arguments, check=False, stdin='"%s"' % ("x" * (6 << 20)))
        assert done.returncode == USAGE and error in one_line(done)


# --- tail ---

class Tail:
    """`tail` until Ctrl-C. Events that come before it follows are not new to it: `begin` appends until one is printed."""

    def __init__(self, cloud, *arguments):
        self.cloud = cloud
        self.file = open(cloud.folder / "tail.txt", "w+")
        self.process = subprocess.Popen([BINARY, "tail", *arguments], stdout=self.file, cwd=cloud.folder,
                                        env=clean_environment(cloud.environment_of_clients()))

    def lines(self):
        self.file.seek(0)
        return self.file.read().splitlines()

    def begin(self):
        def printed():
            self.cloud.ddblog("append", "users", "begin", "signup", SIGNUP)
            return self.lines()
        eventually(printed, "the tail follows", 60)

    def expect(self, text):
        return eventually(lambda: [line for line in self.lines() if text in line], "tail prints " + text, 60)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(30) == OK
        self.file.close()


def test_tail_prints_events_and_failures(cloud):
    with Tail(cloud) as tail:
        tail.begin()
        cloud.ddblog("append", "users", "44", "signup", '{"name": "Grace"}')
        event = json.loads(tail.expect('"id":"44","version":1')[0])
        assert event["payload"]["name"] == "Grace"
        cloud.ddblog("settle", "--advance", "--timeout", "120", check=False)
        failure = json.loads(tail.expect('{"failure":')[0])["failure"]
        assert "email" in failure["errorLine"]


def test_tail_chooses_events(cloud):
    with Tail(cloud, "--type", "signup", "-o", "text") as tail:
        tail.begin()
        cloud.ddblog("append", "users", "45", "addPhoneNumber", "{}")
        cloud.ddblog("append", "users", "46", "signup", SIGNUP)
        tail.expect("  users#46  1  signup  ")
        assert not [line for line in tail.lines() if "users#45" in line]


def test_tail_goes_on_after_a_reset(cloud):
    with Tail(cloud) as tail:
        tail.begin()
        cloud.ddblog("reset")
        cloud.ddblog("append", "users", "47", "signup", SIGNUP)
        tail.expect('"id":"47"')


def test_tail_of_failures_only(tmp_path):
    template = app("failures", tmp_path, RETRIES=0, AGE=3600)
    with Cloud(tmp_path, template, in_memory=True) as cloud:
        cloud.append("poison", 1)
        cloud.ddblog("settle", "--advance", "--timeout", "120", check=False)
        ids = ("poison%d" % number for number in itertools.count())
        with Tail(cloud, "--failures", "-o", "text") as tail:
            def printed():
                cloud.append(next(ids), 1)
                cloud.ddblog("settle", "--advance", "--timeout", "120", check=False)
                return tail.lines()
            lines = eventually(printed, "a failure is printed", 60)
            assert all(line.startswith("failure ") and "cannot handle" in line for line in lines)
            # The ids of failures begin again. The first was there before the tail, which has not printed it.
            cloud.reset()
            cloud.append("poison", 1)
            cloud.ddblog("settle", "--advance", "--timeout", "120", check=False)
            tail.expect("failure 1  ")
    done = run(BINARY, "tail", "--failures", "--log", "users", check=False)
    assert done.returncode == USAGE and "choose events" in one_line(done)
