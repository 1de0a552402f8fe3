"""The subcommands that a person or a script uses, against the offline cloud: their output and their exit status."""
import json
import subprocess

import pytest

from cloud import BINARY, LOG_TABLE, USERS, Cloud, clean_environment, eventually, free_ports, run

OK, FAILURE, USAGE, CONFLICT, NOT_REACHABLE, REFUSED, IN_USE, CONFIGURATION = range(8)


@pytest.fixture(scope="module")
def cloud(folder):
    with Cloud(folder, USERS / "template-node.yaml") as running:
        yield running


def append(cloud, id, type, payload, *arguments, **options):
    return cloud.ddblog("append", "users", id, type, payload, *arguments, check=False, **options)


def one_line(done):
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1 and lines[0].startswith("dynamodb-log: "), done
    return lines[0]


def test_append_says_the_version_and_read_prints_the_events(cloud):
    first = append(cloud, "1", "signup", '{"name": "Ada", "email": "ada@localhost"}', "--expect", "none")
    assert (first.returncode, json.loads(first.stdout)) == (OK, {"log": "users", "id": "1", "version": 1})
    second = append(cloud, "1", "addLocation", '{"long": 18.068581000, "lat": -0.12345678901234567890123456789012345678}',
                    "--expect", "1", "--metadata", '{"correlationId": "c"}', "--event-id", "my-own")
    assert json.loads(second.stdout)["version"] == 2
    third = append(cloud, "1", "addPhoneNumber", "-", stdin='{"phoneNumber": "+46"}')
    assert json.loads(third.stdout)["version"] == 3

    lines = cloud.ddblog("read", "users", "1").stdout.splitlines()
    events = [json.loads(line, parse_float=str) for line in lines]
    assert [event["version"] for event in events] == [1, 2, 3]
    assert [event["type"] for event in events] == ["signup", "addLocation", "addPhoneNumber"]
    assert events[0]["payload"] == {"id": "1", "name": "Ada", "email": "ada@localhost"}
    assert events[1]["payload"] == {"id": "1", "long": "18.068581", "lat": "-0.12345678901234567890123456789012345678"}
    assert events[1]["eventId"] == "my-own"
    assert events[1]["metadata"] == {"correlationId": "c"}
    assert len(cloud.ddblog("read", "users", "1", "--from", "3").stdout.splitlines()) == 1
    assert cloud.ddblog("read", "users", "nobody").stdout == ""
    item = cloud.wait_for_version("1", 3)
    assert item["location"]["M"]["lat"] == {"N": "-0.12345678901234567890123456789012345678"}


def test_a_conflict_is_exit_status_3_and_says_both_versions(cloud):
    assert append(cloud, "2", "signup", "{}", "--expect", "none").returncode == OK
    for expected in ("none", "0", "5"):
        done = append(cloud, "2", "signup", "{}", "--expect", expected)
        assert done.returncode == CONFLICT
        assert "is at version 1" in one_line(done)
        assert done.stdout == ""
    assert append(cloud, "2", "x", "{}", "--expect", "any").returncode == OK
    assert len(cloud.ddblog("read", "users", "2").stdout.splitlines()) == 2


def test_of_many_writers_of_one_version_one_wins(cloud):
    """All at the same time, each a process of its own."""
    environment = clean_environment(cloud.environment_of_clients())
    writers = [subprocess.Popen([BINARY, "append", "users", "race", "signup", '{"writer": %d}' % number, "--expect", "none"],
                                env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for number in range(8)]
    statuses = sorted(writer.wait(30) for writer in writers)
    assert statuses == [OK] + [CONFLICT] * 7
    writers = [subprocess.Popen([BINARY, "append", "users", "race", "x", "{}"], env=environment,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for number in range(8)]
    assert [writer.wait(30) for writer in writers] == [OK] * 8
    versions = [json.loads(line)["version"] for line in cloud.ddblog("read", "users", "race").stdout.splitlines()]
    assert versions == list(range(1, 10))


@pytest.mark.parametrize("arguments", [
    ("append", "users", "3", "signup", "no json"), ("append", "users", "3", "signup", "[1]"),
    ("append", "users", "3", "signup", '{"a": 1' + "0" * 39 + "1}"), ("append", "users", "3", "", "{}"),
    ("append", "users", "", "signup", "{}"), ("append", "us#ers", "3", "signup", "{}"),
    ("append", "users", "3", "signup", "{}", "--expect", "soon"), ("append", "users", "3"), ("append",), (),
    ("nonsense",), ("read", "users"), ("fake-data", "--users", "0"), ("fake-data", "--users", "many"),
    ("append", "users", "3", "signup", '{"id": "4"}'),
])
def test_a_wrong_command_line_is_exit_status_2_in_one_line(cloud, arguments):
    done = cloud.ddblog(*arguments, check=False)
    assert done.returncode == USAGE, done
    one_line(done)
    assert cloud.ddblog("read", "users", "3").stdout == ""


@pytest.mark.parametrize("arguments, error", [
    (("frobnicate",), "unknown subcommand 'frobnicate'. `dynamodb-log --help` lists them."),
    (("archive", "frobnicate"),
     "unknown subcommand 'frobnicate'; it must be ls, export or import. `dynamodb-log archive --help` lists them."),
    (("apend", "users", "3", "signup", "{}"),
     "unknown subcommand 'apend'; did you mean 'append'? `dynamodb-log --help` lists them."),
    (("append", "users", "3", "signup", "{}", "--expct", "none"),
     "unknown option '--expct'; did you mean '--expect'? `dynamodb-log append --help` lists them."),
    (("snapshot", "laod", "file"),
     "unknown subcommand 'laod'; did you mean 'load'? `dynamodb-log snapshot --help` lists them."),
    (("snapshot", "load", "--dta", "x", "file"),
     "unknown option '--dta'; did you mean '--data'? `dynamodb-log snapshot load --help` lists them."),
])
def test_an_unknown_word_is_named_with_the_nearest_known_one(arguments, error):
    done = run(BINARY, *arguments, check=False)
    assert (done.returncode, one_line(done), done.stdout) == (USAGE, "dynamodb-log: " + error, "")


def test_the_endpoint_comes_as_the_aws_cli_finds_it(cloud):
    dead = "http://127.0.0.1:%d" % free_ports(1)[0]
    read = ("read", "users", "1")
    for environment, arguments, status in [
        ({"AWS_ENDPOINT_URL": cloud.url}, (), OK),
        ({"AWS_ENDPOINT_URL_DYNAMODB": cloud.url, "AWS_ENDPOINT_URL": dead}, (), OK),
        ({"AWS_ENDPOINT_URL_DYNAMODB": dead, "AWS_ENDPOINT_URL": cloud.url}, (), NOT_REACHABLE),
        ({"AWS_ENDPOINT_URL": dead}, ("--endpoint-url", cloud.url), OK),
        ({"AWS_ENDPOINT_URL": dead}, (), NOT_REACHABLE),
    ]:
        done = run(BINARY, *read, *arguments, environment=environment, check=False)
        assert done.returncode == status, (environment, arguments, done)
        if status == NOT_REACHABLE:
            assert dead.removeprefix("http://") in one_line(done)


def test_the_endpoint_of_a_profile_is_used(cloud, tmp_path):
    (tmp_path / "config").write_text("[profile mine]\nregion = eu-north-1\nservices = local\n"
                                     "[services local]\ndynamodb =\n  endpoint_url = %s\n" % cloud.url)
    environment = {"AWS_CONFIG_FILE": str(tmp_path / "config")}
    assert run(BINARY, "append", "users", "profile", "signup", "{}", "--profile", "mine", environment=environment).returncode == OK
    assert run(BINARY, "read", "users", "profile", environment=dict(environment, AWS_PROFILE="mine")).stdout.count("\n") == 1


def test_what_the_service_refuses_is_exit_status_5(cloud):
    done = cloud.ddblog("append", "users", "1", "signup", "{}", "--stage", "nowhere", check=False)
    assert done.returncode == REFUSED
    assert "ResourceNotFoundException" in one_line(done)


def test_fake_data_reaches_the_read_model(cloud):
    done = cloud.ddblog("fake-data", "--users", "25")
    assert "100 events of 25 users" in done.stdout

    def complete():
        items = [item for page in cloud.client("dynamodb").get_paginator("scan").paginate(TableName="local-core")
                 for item in page["Items"] if item.get("location") and item.get("phoneNumber")]
        return [item for item in items if item["version"] == {"N": "4"}]
    items = eventually(lambda: found if len(found := complete()) >= 25 else None, "25 users are complete", 30)
    assert all(item["verifiedPhoneNumber"] == {"BOOL": True} for item in items)


def test_try_takes_an_event_through_the_chain(cloud):
    done = cloud.ddblog("try", "--endpoint-url", cloud.url)
    assert "signup" in done.stdout
    assert '"version"' in done.stdout or "version" in done.stdout


def test_clean_removes_the_data_directory_and_nothing_else(tmp_path):
    cloud = Cloud(tmp_path / "run")
    with cloud:
        cloud.append("1", 1)
        done = run(BINARY, "clean", "--data", cloud.data, "--yes", check=False)
        assert done.returncode == IN_USE, done
        one_line(done)
    done = run(BINARY, "clean", "--data", cloud.data, check=False)
    assert done.returncode == USAGE and "--yes" in one_line(done)
    (cloud.data / "mine.txt").write_text("mine")
    assert run(BINARY, "clean", "--data", cloud.data, "--yes", check=False).returncode == USAGE
    (cloud.data / "mine.txt").unlink()
    assert run(BINARY, "clean", "--data", cloud.data, "--yes").returncode == OK
    assert not cloud.data.exists()
    for wrong in (tmp_path, tmp_path / "nowhere", "/"):
        assert run(BINARY, "clean", "--data", wrong, "--yes", check=False).returncode == USAGE
    with cloud:
        assert cloud.call("Scan", {"TableName": LOG_TABLE})["Count"] == 0


def test_help_and_version(cloud):
    assert run(BINARY, "--version").stdout.startswith("dynamodb-log ")
    text = run(BINARY, "--help").stdout
    for subcommand in ("offline", "append", "read", "fake-data", "replay", "clean"):
        assert subcommand in text
        assert "Examples" in run(BINARY, subcommand, "--help").stdout
