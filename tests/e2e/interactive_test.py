"""`dynamodb-log` on a terminal: what it offers, runs and shows; and what credentials ask for there."""
import http.server
import json
import threading

import pytest

from cloud import BINARY, Cloud, free_ports, run
from terminal import Terminal

SERVERLESS = """
service: menu
provider: {name: aws, stage: local}
custom:
  dynamodb: {start: {port: %d}}
  serverless-offline-aws-eventbridge: {port: %d}
resources:
  Resources:
    Logs:
      Type: AWS::DynamoDB::Table
      Properties:
        TableName: local-dynamodb-logs
        BillingMode: PAY_PER_REQUEST
        AttributeDefinitions: [{AttributeName: pk, AttributeType: S}, {AttributeName: sk, AttributeType: N}]
        KeySchema: [{AttributeName: pk, KeyType: HASH}, {AttributeName: sk, KeyType: RANGE}]
"""


@pytest.fixture
def place(tmp_path):
    """A folder with an application, and the environment in which commands find its cloud, which is stopped at the end."""
    ports = free_ports(2)
    (tmp_path / "serverless.yml").write_text(SERVERLESS % tuple(ports))
    yield tmp_path, {"AWS_ENDPOINT_URL": "http://127.0.0.1:%d" % ports[0]}
    run(BINARY, "stop", "--data", tmp_path / ".dynamodb-log", check=False)


def number_of(terminal, title):
    """Waits for the menu; returns the number of a line of it."""
    menu = terminal.expect("Number, s or q: ")
    return next(line.split()[0] for line in menu.splitlines() if title in line)


def test_without_a_terminal_it_is_a_wrong_command_line(tmp_path):
    done = run(BINARY, check=False, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "") and "a subcommand is missing" in done.stderr


def test_it_offers_what_one_can_do_and_shows_the_command(place):
    folder, environment = place
    with Terminal(BINARY, environment=environment, cwd=folder) as terminal:
        start = number_of(terminal, "Start the offline cloud")
        assert "No offline cloud runs at %s." % environment["AWS_ENDPOINT_URL"] in terminal.shown
        terminal.type(start + "\n")
        terminal.expect("Template")
        terminal.type("serv\t\n")
        terminal.expect("$ dynamodb-log offline --detach --template serverless.yml")
        terminal.expect("runs in the background")

        append = number_of(terminal, "Append an event")
        assert "The offline cloud runs at " + environment["AWS_ENDPOINT_URL"] in terminal.shown
        terminal.type(append + "\n")
        for question, answer in (("Log [users]", ""), ("Id of the stream", "42"), ("Type", ""), ("Payload", '{"name": "Ada"}')):
            terminal.expect(question)
            terminal.type(answer + "\n")
        terminal.expect("""$ dynamodb-log append users 42 signup '{"name": "Ada"}'""")
        terminal.expect('{"log":"users","id":"42","version":1}')

        terminal.type(number_of(terminal, "Read the events") + "\n")
        terminal.expect("Log [users]")
        terminal.type("u\t\n")
        terminal.expect("Id of the stream")
        terminal.type("4\t\n")
        terminal.expect("Format")
        terminal.type("\n")
        terminal.expect("$ dynamodb-log read users 42 -o table")
        terminal.expect("Ada")

        terminal.type(number_of(terminal, "Stop the offline cloud") + "\n")
        terminal.expect("$ dynamodb-log stop")
        terminal.expect("has ended.")
        number_of(terminal, "Quit")
        terminal.type("q\n")
        assert terminal.end() == 0


def test_what_fails_leads_back_to_the_menu_and_the_stage_can_be_chosen(place):
    folder, environment = place
    with Terminal(BINARY, environment=environment, cwd=folder) as terminal:
        terminal.expect("Number, s or q: ")
        terminal.type("s\n")
        terminal.expect("Stage [local]")
        terminal.type("dev\n")
        streams = number_of(terminal, "List the streams")
        assert "(now: dev)" in terminal.shown
        terminal.type(streams + "\n")
        terminal.expect("$ dynamodb-log streams --stage dev")
        terminal.expect("(exit status 4)")
        append = number_of(terminal, "Append an event")
        terminal.type(append + "\n")
        terminal.expect("Log [users]")
        terminal.type("\n")
        terminal.expect("Id of the stream")
        terminal.type("\n")
        terminal.expect("Nothing was done.")
        terminal.expect("Number, s or q: ")
        terminal.type("99\n")
        terminal.expect("There is no '99' here.")
        terminal.expect("Number, s or q: ")
        terminal.type("\x04")
        assert terminal.end() == 0


def test_ctrl_c_ends_the_command_and_then_the_menu(tmp_path):
    with Cloud(tmp_path / "cloud") as cloud:
        cloud.append("42", 1)
        with Terminal(BINARY, environment=cloud.environment_of_clients(), cwd=tmp_path) as terminal:
            terminal.type(number_of(terminal, "Look into a table") + "\n")
            terminal.expect("Table (Tab lists them)")
            terminal.type("\x03")
            terminal.expect("(exit status 130)")
            terminal.expect("Number, s or q: ")
            terminal.type("\x03")
            assert terminal.end() == -2  # SIGINT


# --- one-time passwords ---

class Sts(http.server.BaseHTTPRequestHandler):
    """AssumeRole, which keeps what it was asked."""
    asked = []

    def do_POST(self):
        Sts.asked.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        body = (b"<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ROLE</AccessKeyId>"
                b"<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
                b"<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>")
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def sts():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sts)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield "http://127.0.0.1:%d" % server.server_port
    server.shutdown()


def test_a_one_time_password_is_asked_for_and_not_shown(tmp_path, sts):
    (tmp_path / "config").write_text(
        "[profile me]\naws_access_key_id = A\naws_secret_access_key = s\nregion = us-east-1\n"
        "[profile deployer]\nrole_arn = arn:aws:iam::111122223333:role/deployer\nsource_profile = me\n"
        "mfa_serial = arn:aws:iam::111122223333:mfa/me\nregion = us-east-1\n")
    with Cloud(tmp_path / "cloud") as cloud:
        cloud.append("42", 1)
        environment = {"AWS_ENDPOINT_URL": cloud.url, "AWS_ENDPOINT_URL_STS": sts,
                       "AWS_CONFIG_FILE": str(tmp_path / "config")}
        with Terminal(BINARY, "read", "users", "42", "--profile", "deployer", environment=environment) as terminal:
            terminal.expect("Enter MFA code for arn:aws:iam::111122223333:mfa/me: ")
            terminal.type("123456\n")
            terminal.expect('"version":1')
            assert terminal.end() == 0
            assert "123456" not in terminal.shown
        assert "TokenCode=123456" in Sts.asked[-1]
        nobody = run(BINARY, "read", "users", "42", "--profile", "deployer", environment=environment, check=False)
        assert nobody.returncode == 7
