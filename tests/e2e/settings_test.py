"""What is configured once (.dynamodb-log.toml, DYNAMODB_LOG_*), and `doctor`, which says where it comes from."""
import json
import os
import socket

import pytest

from cloud import BINARY, Cloud, free_ports, run
from terminal import Terminal

OK, FAILURE, USAGE, NOT_REACHABLE, CONFIGURATION = 0, 1, 2, 4, 7


@pytest.fixture
def project(tmp_path):
    """A git repository with a folder in it."""
    (tmp_path / "project/.git").mkdir(parents=True)
    (tmp_path / "project/app").mkdir()
    return tmp_path / "project"


def configure(project, text):
    (project / ".dynamodb-log.toml").write_text(text)


def test_a_flag_comes_before_a_variable_and_that_before_the_file(project):
    with Cloud(project / "cloud", in_memory=True) as cloud:
        dead = "http://127.0.0.1:%d" % free_ports(1)[0]
        configure(project, 'endpoint-url = "%s"\nstage = "local"\noutput = "json"\n' % cloud.url)
        read = ("read", "users", "1")
        assert run(BINARY, *read, cwd=project / "app").stdout == "[]\n"
        assert run(BINARY, *read, "-o", "jsonl", cwd=project / "app").stdout == ""
        def status(arguments=(), **environment):
            return run(BINARY, *read, *arguments, cwd=project / "app", environment=environment, check=False).returncode
        assert status(DYNAMODB_LOG_ENDPOINT_URL=dead) == NOT_REACHABLE
        assert status(("--endpoint-url", cloud.url), DYNAMODB_LOG_ENDPOINT_URL=dead) == OK
        assert status(DYNAMODB_LOG_STAGE="absent", AWS_ENDPOINT_URL=cloud.url) != OK
        assert status(("--stage", "local"), DYNAMODB_LOG_STAGE="absent") == OK


def test_a_cloud_is_started_found_and_stopped(project):
    port = free_ports(1)[0]
    configure(project, 'port = %d\ndata = "app/data"\n' % port)
    run(BINARY, "offline", "--detach", cwd=project / "app")
    try:
        assert (project / "app/data").is_dir()
        assert json.loads(run(BINARY, "append", "users", "1", "signup", "{}", cwd=project).stdout)["version"] == 1
        lines = [json.loads(line) for line in run(BINARY, "doctor", "-o", "json", cwd=project, check=False).stdout.splitlines()]
        texts = {line["check"]: line["text"] for line in lines}
        assert texts["cloud"] == "runs at http://localhost:%d" % port
        assert texts["port %d" % port] == "is used while an offline cloud runs"
    finally:
        assert run(BINARY, "stop", cwd=project).returncode == OK
    run(BINARY, "clean", "--yes", cwd=project)
    assert not (project / "app/data").exists()


def test_doctor_and_stop_are_about_the_offline_cloud_whatever_the_stage(project):
    port = free_ports(1)[0]
    configure(project, 'stage = "dev"\nregion = "eu-north-1"\nport = %d\n' % port)
    run(BINARY, "offline", "--detach", "--in-memory", cwd=project)
    try:
        _, lines = doctor(project)
        assert {"check": "cloud", "ok": True, "text": "runs at http://localhost:%d" % port} in lines
    finally:
        done = run(BINARY, "stop", cwd=project, check=False)
        if done.returncode != OK:
            run(BINARY, "stop", "--endpoint-url", "http://localhost:%d" % port, cwd=project)
    assert done.returncode == OK, done


def test_a_configured_profile_is_not_used_for_the_offline_cloud(project, tmp_path):
    used = tmp_path / "used"
    config = tmp_path / "aws-config"
    config.write_text("[profile work]\ncredential_process = touch %s\n" % used)
    with Cloud(project / "cloud", in_memory=True) as cloud:
        configure(project, 'endpoint-url = "%s"\nprofile = "work"\n' % cloud.url)
        environment = {"AWS_CONFIG_FILE": str(config)}
        assert run(BINARY, "read", "users", "1", cwd=project, environment=environment).stdout == ""
        assert not used.exists()
        run(BINARY, "read", "users", "1", "--profile", "work", cwd=project, environment=environment, check=False)
        assert used.exists()


@pytest.mark.parametrize("text, error", [
    ('stgae = "dev"\n', ".dynamodb-log.toml:1: unknown key 'stgae'; did you mean 'stage'?"),
    ("\nport = -1\n", ".dynamodb-log.toml:2: port must be a number from 0 to 65535, not '-1'"),
    ("stage\n", ".dynamodb-log.toml:1: this is not TOML: "),
    ('endpoint-url = "https://example.com"\n', ".dynamodb-log.toml:1: endpoint-url must be of this machine"),
    ("stage = %s\n" % ("[" * 60_000), ".dynamodb-log.toml: values are nested too deeply"),
])
def test_a_file_that_is_wrong_is_one_line_and_exit_status_7(project, text, error):
    configure(project, text)
    done = run(BINARY, "streams", cwd=project / "app", check=False)
    assert done.returncode == CONFIGURATION and error in done.stderr and len(done.stderr.splitlines()) == 1


def test_help_works_whatever_the_file_says(project):
    configure(project, "stage\n")
    for arguments in [("--help",), ("append", "--help"), ("deploy", "--help"), ("--version",)]:
        done = run(BINARY, *arguments, cwd=project, check=False)
        assert (done.returncode, done.stderr) == (OK, "") and "dynamodb-log" in done.stdout, arguments
    assert run(BINARY, "apend", cwd=project, check=False).returncode == CONFIGURATION


def doctor(folder, *arguments, **environment):
    done = run(BINARY, "doctor", "-o", "json", *arguments, cwd=folder, environment=environment, check=False)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_doctor_says_where_settings_come_from(project):
    configure(project, 'stage = "local"\nregion = "eu-north-1"\n')
    _, lines = doctor(project / "app", DYNAMODB_LOG_STAGE="test")
    assert [line["text"] for line in lines if line["check"] == "setting"] == [
        "region = eu-north-1  (%s:2)" % (project / ".dynamodb-log.toml"), "stage = test  (DYNAMODB_LOG_STAGE)"]


def test_doctor_finds_what_stands_in_the_way(project):
    (project / "template.yaml").write_text("""
Transform: AWS::Serverless-2016-10-31
Resources:
  Greeter: {Type: AWS::Serverless::Function, Properties: {Runtime: nodejs22.x, Handler: a.b, CodeUri: app}}
""")
    (project / "ready.json").write_text('{"pid": 4194304}')
    empty = project / "empty"
    empty.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        status, lines = doctor(project, "--port", port, "--endpoint-url", "http://127.0.0.1:%d" % free_ports(1)[0],
                               PATH=str(empty))
    problems = {line["check"]: line["advice"] for line in lines if not line["ok"]}
    assert status == FAILURE and set(problems) >= {"port " + port, "node", "ready file"}
    assert "--port" in problems["port " + port] and "Node.js" in problems["node"]

    done = run(BINARY, "doctor", "--port", free_ports(1)[0], "--ready-file", "none.json", cwd=project, check=False)
    assert "ok       template" in done.stdout, done
    assert not [line for line in done.stdout.splitlines() if line.startswith("problem  port")]


def test_doctor_reads_the_template(project):
    (project / "template.yaml").write_text("Resources: [")
    status, lines = doctor(project)
    problem = next(line for line in lines if line["check"] == "template")
    assert status == FAILURE and "dynamodb-log validate" in problem["advice"] and os.linesep not in problem["text"]


# What a command that changes AWS needs, besides the stage.
CHANGING = [("append", "users", "1", "signup", "{}"), ("fake-data", "--users", "1"), ("invoke", "users"),
            ("put-event", "--source", "shop", "--detail-type", "order"), ("import", "dev-core", "items.json"),
            ("archive", "import", "events.jsonl"), ("replay", "--source", "aws", "--target", "table"),
            ("try",), ("project", "rebuild", "users", "--yes"), ("trace", "users", "1", "1", "--queues"), ("deploy", "--yes"), ("remove", "--yes", "--delete-data")]


@pytest.mark.parametrize("arguments", CHANGING, ids=lambda arguments: arguments[0])
def test_a_file_alone_does_not_let_a_command_change_aws(project, arguments):
    configure(project, 'stage = "dev"\nregion = "eu-north-1"\n')
    (project / "template.yaml").write_text("Transform: AWS::Serverless-2016-10-31\nResources: {}\n")
    (project / "items.json").write_text('{"pk": "1", "sk": "1"}\n')
    (project / "events.jsonl").write_text("")
    dead = "http://192.0.2.1:9"  # TEST-NET: no machine has this address
    done = run(BINARY, *arguments, cwd=project, environment={"AWS_ENDPOINT_URL": dead}, check=False)
    assert done.returncode == USAGE and len(done.stderr.splitlines()) == 1, done
    assert "The stage dev comes from %s:1. To let " % (project / ".dynamodb-log.toml") in done.stderr
    assert "name it: --stage dev" in done.stderr


def test_a_person_is_asked_whether_the_stage_of_a_file_is_meant(project):
    configure(project, 'stage = "dev"\nregion = "eu-north-1"\n')
    environment = {"AWS_ENDPOINT_URL": "http://192.0.2.1:9"}
    with Terminal(BINARY, "append", "users", "1", "signup", "{}", cwd=project, environment=environment) as terminal:
        terminal.expect("Let append change it in AWS? [y/N]")
        terminal.type("n\n")
        terminal.expect("Nothing was changed.")
        assert terminal.end() == FAILURE
