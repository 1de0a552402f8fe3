"""How the offline cloud starts, stops, refuses to start, and what a restart finds."""
import os
import re
import signal
import socket
import stat
import subprocess
import urllib.request

import boto3
import botocore.exceptions
import pytest

from cloud import (BINARY, BUS, CORE_TABLE, LOG_TABLE, USERS, Cloud, NotReady, app, clean_environment, eventually,
                   free_ports, records)

IN_USE, FAILURE, USAGE = 6, 1, 2


def refused(cloud):
    """Starts what must not start; its exit status and the one line that it says."""
    with pytest.raises(NotReady) as ended:
        try:
            cloud.start()
        finally:
            if cloud.process.poll() is None:
                cloud.process.kill()
    lines = ended.value.output.strip().splitlines()
    assert len(lines) == 1, "one line, not:\n" + ended.value.output
    assert lines[0].startswith("dynamodb-log: ")
    return ended.value.status, lines[0]


def test_without_a_template_the_log_its_bus_and_its_trigger_are_there(tmp_path):
    with Cloud(tmp_path) as cloud:
        assert sorted(cloud.call("ListTables", {})["TableNames"]) == [CORE_TABLE, LOG_TABLE]
        log = cloud.call("DescribeTable", {"TableName": LOG_TABLE})["Table"]
        assert log["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
        assert {one["AttributeName"]: one["AttributeType"] for one in log["AttributeDefinitions"]} == {"pk": "S", "sk": "N"}
        assert cloud.client("dynamodb").describe_time_to_live(TableName=LOG_TABLE)["TimeToLiveDescription"] == {
            "TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
        core = cloud.call("DescribeTable", {"TableName": CORE_TABLE})["Table"]
        assert {one["AttributeName"]: one["AttributeType"] for one in core["AttributeDefinitions"]} == {"pk": "S", "sk": "S"}
        assert BUS in [bus["Name"] for bus in cloud.client("events").list_event_buses()["EventBuses"]]
        cloud.append("1", 1)
        eventually(lambda: cloud.archived_keys() == [("users#1#stream", 1)], "the trigger brings it to the bus")


def test_the_template_of_the_working_directory_is_the_default(tmp_path):
    template = app("failures", tmp_path, RETRIES=0, AGE=21600)
    (tmp_path / "run").mkdir()
    os.symlink(template, tmp_path / "run/template.yaml")
    for name in ("failures.py",):
        os.symlink(template.parent / name, tmp_path / "run" / name)
    with Cloud(tmp_path / "run") as cloud:
        cloud.append("1", 1)
        eventually(lambda: records(template.parent, "handled"), "its function handles the event")


def test_it_says_what_it_serves_and_where(tmp_path):
    with Cloud(tmp_path, app("failures", tmp_path, RETRIES=0, AGE=21600)) as cloud:
        for word in (str(cloud.port), str(cloud.events_port), LOG_TABLE, BUS, "handler", "trigger"):
            eventually(lambda: word in cloud.output(), "it names " + word)


def test_another_stage_has_other_tables(tmp_path):
    with Cloud(tmp_path, arguments=["--stage", "test"], in_memory=True) as cloud:
        assert sorted(cloud.call("ListTables", {})["TableNames"]) == ["test-core", "test-dynamodb-logs"]
    with Cloud(tmp_path / "t", USERS / "template-node.yaml", arguments=["--stage", "test"], in_memory=True) as cloud:
        assert sorted(cloud.call("ListTables", {})["TableNames"]) == ["test-core", "test-dynamodb-logs"]


def test_a_second_one_on_the_same_data_directory_is_refused(tmp_path):
    with Cloud(tmp_path) as first:
        second = Cloud(tmp_path / "second")
        second.data = first.data
        status, line = refused(second)
        assert status == IN_USE
        assert str(first.data) in line
        first.append("still", 1)
        assert first.answers()
    with second:  # and when the first has gone, it may
        assert second.answers()


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_it_stops_cleanly_and_a_restart_finds_everything(tmp_path, by):
    cloud = Cloud(tmp_path, app("failures", tmp_path, RETRIES=0, AGE=21600)).start()
    for number in range(20):
        cloud.append("u%d" % number, 1)
    cloud.stop(by)
    with cloud:
        for number in range(20):
            found = cloud.call("GetItem", {"TableName": LOG_TABLE, "Key": {"pk": {"S": "users#u%d#stream" % number}, "sk": {"N": "1"}}})
            assert found["Item"]["type"] == {"S": "signup"}
        eventually(lambda: {one["id"] for one in records(tmp_path / "failures", "handled")} == {"u%d" % n for n in range(20)},
                   "all are handled")
        keys = eventually(lambda: [keys for keys in [cloud.archived_keys()] if len(keys) >= 20], "all are archived")[0]
        assert sorted(keys) == sorted(("users#u%d#stream" % number, 1) for number in range(20))


PARENT = """
import os, subprocess, time
def handler(event, context):
    subprocess.Popen(["sleep", "1000"])
    subprocess.Popen(["setsid", "sleep", "1000"])
    subprocess.Popen(["sh", "-c", "setsid sh -c 'sleep 1000 & sleep 1000 &' &"]).wait()
    time.sleep(event)
"""


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGHUP, signal.SIGTERM])
@pytest.mark.parametrize("seconds", [0, 20], ids=["idle", "busy"])
def test_what_a_function_started_ends_with_the_cloud(tmp_path, by, seconds):
    (tmp_path / "index.py").write_text(PARENT)
    (tmp_path / "template.yaml").write_text(
        "Resources: {F: {Type: AWS::Serverless::Function, Properties: {FunctionName: parent, Runtime: python3.13, "
        "Handler: index.handler, CodeUri: ., Timeout: 30}}}")
    cloud = Cloud(tmp_path / "run", tmp_path / "template.yaml").start()
    cloud.client("lambda").invoke(FunctionName="parent", InvocationType="Event", Payload=str(seconds))
    eventually(lambda: len(cloud.children_with("sleep")) == 4, "the function has started them")
    if by == signal.SIGKILL:
        cloud.kill()  # looks that they end
    else:
        cloud.stop(by)


def test_sigchld_is_not_ignored_if_the_parent_ignores_it(tmp_path):
    cloud = Cloud(tmp_path, in_memory=True).start(preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
    with open("/proc/%d/status" % cloud.process.pid) as status:
        ignored = int(re.search(r"SigIgn:\s*([0-9a-f]+)", status.read())[1], 16)
    cloud.stop()
    assert not ignored & 1 << signal.SIGCHLD - 1


def test_the_reapers_arguments_are_no_command_for_users(tmp_path):
    ended = subprocess.run([Cloud(tmp_path).command()[0], "reap", tmp_path, "/bin/echo", "started"],
                           capture_output=True, text=True, timeout=20)
    assert ended.returncode == USAGE and "unknown subcommand 'reap'" in ended.stderr and not ended.stdout


def test_a_reaper_maps_little_of_the_program(tmp_path):
    with Cloud(tmp_path, in_memory=True) as cloud:
        def mapped_kib():
            for pid in cloud.children():
                with open("/proc/%d/cmdline" % pid) as command, open("/proc/%d/status" % pid) as status:
                    if command.read().startswith("dynamodb-log\0reap\0"):
                        return int(re.search(r"RssFile:\s*(\d+) kB", status.read())[1])
        eventually(lambda: cloud.children_with("trigger"), "the reaper has started the function")
        eventually(lambda: (mapped_kib() or 1 << 20) < 4 << 10, "less than 4 MiB, and not the 10 MiB of its start")


def test_temporary_files_of_a_killed_cloud_are_removed_by_the_next_start(tmp_path):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = {"TMPDIR": str(temporary)}
    one = Cloud(tmp_path / "one", in_memory=True, environment=environment).start()
    killed = Cloud(tmp_path / "killed", environment=environment).start()
    killed.kill()
    assert len(list(temporary.iterdir())) == 2
    with Cloud(tmp_path / "next", in_memory=True, environment=environment):
        left = list(temporary.iterdir())
        assert len(left) == 2 and all(list(path.iterdir()) for path in left)
    one.stop()
    assert not list(temporary.iterdir())


def test_nobody_else_can_read_the_data(tmp_path):
    with Cloud(tmp_path) as cloud:
        cloud.append("1", 1)
        eventually(lambda: cloud.archived_keys() == [("users#1#stream", 1)], "the event is archived")
        for path in [cloud.data, *cloud.data.rglob("*")]:
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_a_request_under_way_is_answered_before_it_stops(tmp_path):
    template = app("functions", tmp_path)
    cloud = Cloud(tmp_path, template).start()
    body = b'{"seconds": 0.5}'
    with socket.create_connection(("127.0.0.1", cloud.port), timeout=20) as connection:
        connection.sendall(b"POST /2015-03-31/functions/slow/invocations HTTP/1.1\r\nHost: localhost\r\n"
                           b"Content-Length: %d\r\n\r\n" % len(body) + body)
        eventually(lambda: records(template.parent, "slow"), "the function runs")
        cloud.stop()
        answer = connection.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 200"), answer


def test_in_memory_leaves_nothing_behind(tmp_path):
    cloud = Cloud(tmp_path / "run", in_memory=True)
    with cloud:
        cloud.append("1", 1)
        cloud.append("1", 2, "addPhoneNumber", phoneNumber={"S": "+46"})
        assert cloud.call("Query", {"TableName": LOG_TABLE, "KeyConditionExpression": "pk = :pk",
                                    "ExpressionAttributeValues": {":pk": {"S": "users#1#stream"}}})["Count"] == 2
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["output.log"]
    with cloud:
        assert cloud.call("Scan", {"TableName": LOG_TABLE})["Count"] == 0


def test_durability_can_be_left_to_the_operating_system(tmp_path):
    cloud = Cloud(tmp_path, arguments=["--durability", "os"])
    with cloud:
        cloud.append("1", 1)
    with cloud:
        assert cloud.call("Scan", {"TableName": LOG_TABLE})["Count"] == 1


def test_one_port_is_enough(tmp_path):
    port = free_ports(1)[0]
    command = [BINARY, "offline", "--in-memory", "--port", str(port)]
    with open(tmp_path / "log", "wb") as log:
        process = subprocess.Popen(command, cwd=tmp_path, stdout=log, stderr=log, env=clean_environment())
    try:
        def healthy():
            try:
                return urllib.request.urlopen("http://127.0.0.1:%d/" % port, timeout=5).read()
            except OSError:
                return None
        assert b"healthy" in eventually(healthy)
    finally:
        process.terminate()
        assert process.wait(20) == 0


def test_a_port_that_is_taken_is_said(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        cloud = Cloud(tmp_path, in_memory=True)
        cloud.port = taken.getsockname()[1]
        status, line = refused(cloud)
        assert status == FAILURE
        assert str(cloud.port) in line


def test_beyond_loopback_it_wants_credentials_or_a_word(tmp_path):
    cloud = Cloud(tmp_path, in_memory=True, arguments=["--host", "0.0.0.0"])
    status, line = refused(cloud)
    assert status != 0 and ("--access-key" in line or "--insecure" in line), line


def test_access_keys_come_from_a_file_or_the_environment(tmp_path):
    keys = tmp_path / "keys"
    keys.write_text("# of the team\nFILE:secret\n")
    cloud = Cloud(tmp_path / "run", in_memory=True, arguments=["--access-key-file", keys],
                  environment={"DYNAMODB_LOG_ACCESS_KEYS": "VARIABLE:secret"})
    keys.chmod(0o644)
    status, line = refused(cloud)
    assert status == USAGE and "chmod 600 %s" % keys in line, line
    keys.chmod(0o600)
    cloud.log.unlink()
    with cloud:
        for key, secret, accepted in [("FILE", "secret", True), ("VARIABLE", "secret", True), ("FILE", "other", False)]:
            client = boto3.client("dynamodb", endpoint_url=cloud.url, region_name="us-east-1", aws_access_key_id=key,
                                  aws_secret_access_key=secret)
            if accepted:
                assert client.list_tables()["TableNames"]
            else:
                with pytest.raises(botocore.exceptions.ClientError):
                    client.list_tables()


TEMPLATES = {
    "no YAML": ("Resources: [}", "template.yaml"),
    "a list": ("- a\n- b\n", "template.yaml"),
    "no resources": ("Description: nothing\n", "Resources"),
    "an unknown type": ("Resources: {A: {Type: Martian::Thing}}", "Martian::Thing"),
    "a reference to nothing": ("Resources: {T: {Type: AWS::DynamoDB::Table, Properties: {TableName: !Ref Nothing}}}", "Nothing"),
    "a pattern that is none": ("Resources: {R: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: a}}}}", "rule R"),
    "a table without keys": ("Resources: {T: {Type: AWS::DynamoDB::Table, Properties: {TableName: things}}}", "table things"),
}


@pytest.mark.parametrize("text, word", TEMPLATES.values(), ids=TEMPLATES)
def test_a_template_that_is_wrong_is_one_line(tmp_path, text, word):
    (tmp_path / "template.yaml").write_text(text)
    status, line = refused(Cloud(tmp_path / "run", tmp_path / "template.yaml", in_memory=True))
    assert status in (FAILURE, USAGE)
    assert word in line, line


SAID = {
    "code that is not there": ("Resources: {F: {Type: AWS::Serverless::Function, Properties: {Runtime: nodejs22.x, "
                               "Handler: a.b, CodeUri: not-here/}}}", "not-here/ does not exist"),
    "a rule for nobody": ("Resources: {R: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [a]}, Targets: "
                          "[{Id: a, Arn: 'arn:aws:lambda:us-east-1:000000000000:function:nobody'}]}}}", "function nobody"),
}


@pytest.mark.parametrize("text, words", SAID.values(), ids=SAID)
def test_what_a_template_lacks_is_said(tmp_path, text, words):
    (tmp_path / "template.yaml").write_text(text)
    with Cloud(tmp_path / "run", tmp_path / "template.yaml", in_memory=True) as cloud:
        eventually(lambda: words in cloud.output(), "a note")
        assert cloud.answers()


def test_a_function_whose_runtime_does_not_exist_offline_is_said(tmp_path):
    """The rest of the application runs all the same: templates hold what only AWS can run."""
    (tmp_path / "template.yaml").write_text("Resources: {F: {Type: AWS::Serverless::Function, Properties: {Runtime: cobol, "
                                            "Handler: a.b, CodeUri: .}}}")
    with Cloud(tmp_path / "run", tmp_path / "template.yaml", in_memory=True) as cloud:
        eventually(lambda: re.search(r"\bF: .*cobol", cloud.output()), "a line that names function and runtime")
        assert cloud.answers()


def test_a_template_that_is_not_there_is_one_line(tmp_path):
    status, line = refused(Cloud(tmp_path, tmp_path / "nowhere.yaml", in_memory=True))
    assert status in (FAILURE, USAGE) and "nowhere.yaml" in line


def test_a_template_that_changed_is_the_new_one_and_data_stays(tmp_path):
    template = app("failures", tmp_path, RETRIES=0, AGE=21600)
    cloud = Cloud(tmp_path, template)
    with cloud:
        cloud.append("before", 1)
        eventually(lambda: records(template.parent, "handled"))
    template.write_text(template.read_text().replace("detail: {log: [users]}", "detail: {log: [accounts]}"))
    with cloud:
        cloud.append("after", 1)
        cloud.append("after", 1, log="accounts")
        eventually(lambda: len(records(template.parent, "handled")) == 2)
        assert [one["event"]["detail"]["log"] for one in records(template.parent, "handled")] == ["users", "accounts"]
        assert cloud.call("Scan", {"TableName": LOG_TABLE})["Count"] == 3


def test_functions_live_in_the_data_and_follow_the_template(tmp_path):
    function = ("  %s: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.13, Handler: index.handler, CodeUri: ., "
                "ReservedConcurrentExecutions: 1, Events: {S: {Type: DynamoDB, Properties: {Stream: !GetAtt Things.StreamArn, "
                "StartingPosition: LATEST}}}}}\n")
    table = ("  Things: {Type: AWS::DynamoDB::Table, Properties: {AttributeDefinitions: [{AttributeName: pk, AttributeType: S}], "
             "KeySchema: [{AttributeName: pk, KeyType: HASH}], BillingMode: PAY_PER_REQUEST, "
             "StreamSpecification: {StreamViewType: NEW_IMAGE}}}\n")
    (tmp_path / "index.py").write_text("def handler(event, context): pass\n")
    template = tmp_path / "template.yaml"
    template.write_text("Resources:\n" + table + function % "First" + function % "Second")
    cloud = Cloud(tmp_path, template)

    def state():
        functions = cloud.client("lambda")
        mappings = functions.list_event_source_mappings()["EventSourceMappings"]
        return ([one["FunctionName"] for one in functions.list_functions()["Functions"]],
                sorted((one["FunctionArn"].rsplit(":", 1)[1], one["UUID"]) for one in mappings))

    with cloud:
        names, mappings = state()
        assert names == ["First", "Second"]
        assert [name for name, uuid in mappings] == ["First", "Second"]
        assert cloud.client("lambda").get_function_concurrency(FunctionName="First")["ReservedConcurrentExecutions"] == 1
    with cloud:
        assert state() == (names, mappings)
    template.write_text("Resources:\n" + table + function % "Second")
    with cloud:
        assert state() == (["Second"], mappings[1:])
    template.write_text("Resources:\n" + table + function % "First" + function % "Second")
    with cloud:
        assert state() == (names, mappings)  # a mapping that comes again goes on where it was


@pytest.mark.parametrize("arguments", [["--port", "no"], ["--port", "70000"], ["--nonsense"], ["--durability", "maybe"],
                                       ["--retry-delay-ms", "-1"]])
def test_a_wrong_command_line_is_refused_in_one_line(tmp_path, arguments):
    done = subprocess.run([BINARY, "offline", "--in-memory", *arguments], cwd=tmp_path, capture_output=True, text=True,
                          env=clean_environment(), timeout=20)
    assert done.returncode == USAGE, done
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
