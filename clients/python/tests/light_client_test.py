"""The light client: what it sends, and what it does with every kind of answer."""

import base64
import concurrent.futures
import json
import subprocess
import sys

import botocore.client
import botocore.exceptions
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from cloud import BINARY, ROOT, Cloud, run
from dynamodb_log import EventLog, Expected, LightClient, NewEvent, Projector, connect, http_connection
from dynamodb_log.light_client import ATTEMPTS, Place
from dynamodb_log.offline_cloud import OfflineCloud
from dynamodb_log.signature import Credentials
from raw_server import RawServer, answer, cut, cut_after, self_signed, silence
from tables import FakeEnvironment

KEYS = Credentials("AKID", "secret", None)
EMPTY = answer("{}")
NO_ANSWER = (botocore.exceptions.HTTPClientError, botocore.exceptions.ConnectionError)


def client_of(server, credentials=KEYS, ca_file=None):
    """It never pauses for real."""
    place = Place(server.url, "eu-north-1", lambda: credentials, ca_file)
    return LightClient(place, FakeEnvironment())


def error(type, status=400, **fields):
    return answer(json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{type}", "message": "no", **fields}), status)


def test_what_is_sent():
    with RawServer(EMPTY) as server:
        assert client_of(server).put_item(TableName="t", Item={"b": {"B": b"\0\xff"}}) == {}
    head, body = server.requests[0]
    assert head[0] == "POST / HTTP/1.1" and "x-amz-target: DynamoDB_20120810.PutItem" in head
    assert json.loads(body) == {"TableName": "t", "Item": {"b": {"B": "AP8="}}}


def test_the_signature_is_that_of_the_sdk():
    credentials = Credentials("AKID", "secret", "a token")
    with RawServer(EMPTY) as server:
        client_of(server, credentials).get_item(TableName="t")
    head, body = server.requests[0]
    headers = dict(line.split(": ", 1) for line in head[1:])
    signed = headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
    request = AWSRequest("POST", server.url + "/", {name: headers[name] for name in signed}, body)
    request.context["timestamp"] = headers["x-amz-date"]
    auth = SigV4Auth(credentials, "dynamodb", "eu-north-1")
    assert headers["authorization"].endswith(auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request))


def test_a_cloud_that_checks_signatures_takes_them():
    with OfflineCloud(program=BINARY, arguments=["--access-key", "AKID:secret"]) as cloud:
        place = Place(cloud.url, "us-east-1", lambda: KEYS)
        log = EventLog(LightClient(place), "local-dynamodb-logs")
        assert log.append("users", "42", NewEvent("signup"), Expected.NO_STREAM).version == 1
        wrong = EventLog(LightClient(place._replace(credentials=lambda: KEYS._replace(secret_key="x"))), log.table)
        with pytest.raises(botocore.exceptions.ClientError, match="SignatureException"):
            wrong.version("users", "42")


def test_a_cloud_that_checks_none_is_not_signed_for():
    with RawServer(EMPTY) as server:
        client = client_of(server, Credentials("PROCESS1", "secret", "local"))
        client.get_item(TableName="t")
        client.get_item(TableName="u")
    for head, _ in server.requests:
        assert [line for line in head if line.startswith("authorization: ")] == [
            "authorization: AWS4-HMAC-SHA256 Credential=PROCESS1/19700101/eu-north-1/dynamodb/aws4_request, "
            "SignedHeaders=host;x-amz-date, Signature=0"
        ]
    assert [json.loads(body)["TableName"] for _, body in server.requests] == ["t", "u"]


@pytest.mark.parametrize("credentials", [
    KEYS._replace(token="a token\r\nx-amz-target: DynamoDB_20120810.DeleteTable"), KEYS._replace(token="a token\n"),
    KEYS._replace(access_key="AKID\n"), Credentials("AKID\n", "secret", "local")])
def test_credentials_add_no_lines_to_the_head(credentials):
    with RawServer(EMPTY) as server:
        with pytest.raises(ValueError, match="line break") as refused:
            client_of(server, credentials).get_item(TableName="t")
    assert server.requests == [] and "a token" not in str(refused.value)


def test_inside_of_a_function_calls_carry_its_trace_id(monkeypatch):
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "users")
    with RawServer(EMPTY) as server:
        client = client_of(server)
        for root in "12":
            monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Root={root}")
            client.get_item(TableName="t")
    assert ["x-amzn-trace-id: Root=1" in head for head, _ in server.requests] == [True, False]


# --- answers ---


def in_chunks(body):
    chunks = b"".join(b"%x;x=y\r\n%s\r\n" % (len(part), part) for part in (body[:1], body[1:]))
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\nTrailer: x\r\n\r\n"


@pytest.mark.parametrize("form", [answer, in_chunks])
def test_an_answer(form):
    body = b'{"Item":{"n":{"N":"1.50"},"B":{"S":"x"},"b":{"B":"AP8="},"l":{"L":[{"BS":["AA=="]}]}}}'
    with RawServer(form(body)) as server:
        item = client_of(server).get_item(TableName="t")["Item"]
    assert item == {"n": {"N": "1.50"}, "B": {"S": "x"}, "b": {"B": b"\0\xff"}, "l": {"L": [{"BS": [b"\0"]}]}}


def test_an_answer_of_many_pieces():
    text = "å" * 3_000_000
    with RawServer(answer(json.dumps({"Item": {"t": {"S": text}}}, ensure_ascii=False))) as server:
        assert client_of(server).get_item(TableName="t")["Item"]["t"]["S"] == text


def test_what_the_service_refuses_is_what_boto3_raises():
    item = {"b": {"B": base64.b64encode(b"x").decode()}}
    with RawServer(error("ConditionalCheckFailedException", Item=item)) as server:
        client = client_of(server)
        with pytest.raises(botocore.exceptions.ClientError) as refused:
            client.update_item(TableName="t")
    assert len(server.requests) == 1
    assert refused.value.operation_name == "UpdateItem"
    assert refused.value.response["Error"] == {"Code": "ConditionalCheckFailedException", "Message": "no"}
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert refused.value.response["Item"] == {"b": {"B": b"x"}}


@pytest.mark.parametrize("passing", [cut, cut_after(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"), b"What?\r\n\r\n",
                                     error("ThrottlingException"), error("InternalServerError", 500), answer("<html>", 503)])
def test_what_passes_is_sent_again(passing):
    with RawServer(passing, passing, answer('{"Item":{}}')) as server:
        client = client_of(server)
        assert client.get_item(TableName="t") == {"Item": {}}
    assert len(server.requests) == 3
    assert client._environment.pauses == [0.1, 0.2]


@pytest.mark.parametrize("broken", [
    b"HTTP/1.1 200 OK\r\n\r\n{}",  # no length
    b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n{}",
    b"HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\n{}",
    b"HTTP/1.1 200 OK\r\nx: " + b"x" * 100_000,
    b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n{}",
    b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffff\r\n",
    b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nx\r\n{}\r\n",
    EMPTY + b"HTTP/1.1 200 OK\r\n\r\n",  # the beginning of another answer
    answer("{"),
    answer("[]"),
    answer(b"\xff"),
])
def test_an_answer_that_is_none(broken):
    with RawServer(broken) as server:
        with pytest.raises(NO_ANSWER):
            client_of(server).get_item(TableName="t")
    assert len(server.requests) == ATTEMPTS


def test_an_error_that_is_not_dynamodbs():
    with RawServer(answer("<html>a proxy", 403)) as server:
        with pytest.raises(botocore.exceptions.ClientError, match="403.*<html>a proxy"):
            client_of(server).get_item(TableName="t")


def test_a_server_that_is_silent(monkeypatch):
    monkeypatch.setattr(http_connection, "SILENCE_SECONDS", 0.001)
    with RawServer(silence) as server:
        with pytest.raises(botocore.exceptions.ReadTimeoutError):
            client_of(server).get_item(TableName="t")
    assert len(server.requests) <= ATTEMPTS


def test_an_answer_that_takes_too_long(monkeypatch):
    monkeypatch.setattr(http_connection, "ANSWER_SECONDS", -1)
    with RawServer(EMPTY) as server:
        with pytest.raises(botocore.exceptions.ReadTimeoutError):
            client_of(server).get_item(TableName="t")


def test_no_server():
    with RawServer(EMPTY) as server:
        pass
    with pytest.raises(botocore.exceptions.EndpointConnectionError):
        client_of(server).get_item(TableName="t")


# --- connections ---


def test_a_connection_is_kept():
    with RawServer(EMPTY) as server:
        client = client_of(server)
        for _ in range(3):
            client.get_item(TableName="t")
        client.close()
        client.get_item(TableName="t")
    assert server.connections == 2


def test_a_server_that_wants_it_closed():
    with RawServer(answer("{}", head="Connection: Close\r\n")) as server:
        client = client_of(server)
        client.get_item(TableName="t")
        client.get_item(TableName="t")
    assert server.connections == 2 and client._environment.pauses == []


def test_a_connection_that_was_closed_meanwhile(monkeypatch):
    monkeypatch.setattr(http_connection, "MAY_BE_CLOSED_AFTER", -1)
    with RawServer(cut_after(EMPTY), EMPTY) as server:
        client = client_of(server)
        client.get_item(TableName="t")
        (connection,) = client._idle
        connection._socket.settimeout(10)
        assert connection._socket.recv(1, 2) == b""  # MSG_PEEK: the end has come
        client.get_item(TableName="t")
    assert client._environment.pauses == []


def test_a_forked_process_has_connections_of_its_own(monkeypatch):
    with RawServer(EMPTY) as server:
        client = client_of(server)
        client.get_item(TableName="t")
        monkeypatch.setattr(http_connection.os, "getpid", lambda: -1)
        for _ in range(2):
            client.get_item(TableName="t")
        assert server.connections == 2


def test_threads_have_connections_of_their_own():
    with RawServer(EMPTY) as server:
        client = client_of(server)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            assert list(pool.map(lambda _: client.get_item(TableName="t"), range(200))) == [{}] * 200
        assert server.connections <= 8


def test_tls(tmp_path):
    tls, certificate = self_signed(tmp_path, run)
    with RawServer(EMPTY, tls=tls) as server:
        client = client_of(server, ca_file=str(certificate))
        assert client.get_item(TableName="t") == client.get_item(TableName="t") == {}
        assert server.connections == 1
        with pytest.raises(botocore.exceptions.EndpointConnectionError):  # nobody vouches for it
            client_of(server).get_item(TableName="t")


# --- which client it is ---


def kind_of(monkeypatch, *arguments, **variables):
    for name in ("AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    client = connect("dynamodb", *arguments)
    return client._url.geturl() if isinstance(client, LightClient) else isinstance(client, botocore.client.BaseClient)


BOTO3 = True
KEY_VARIABLES = {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret"}
FUNCTION = {"AWS_LAMBDA_FUNCTION_NAME": "users", **KEY_VARIABLES}


@pytest.mark.parametrize("arguments, variables, kind", [
    (["local"], {}, "http://localhost:8000"),
    (["local", "http://localhost:9000"], {}, "http://localhost:9000"),
    ([], {"AWS_ENDPOINT_URL": "http://db:1", **KEY_VARIABLES}, "http://db:1"),
    ([], {"AWS_ENDPOINT_URL": "http://db:1"}, BOTO3),  # credentials of a profile, perhaps
    (["dev"], KEY_VARIABLES, BOTO3),
    (["dev"], FUNCTION, "https://dynamodb.eu-north-1.amazonaws.com"),
    (["dev"], {"HTTPS_PROXY": "http://proxy:3128", **FUNCTION}, BOTO3),
    (["dev"], {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "amazonaws.com", **FUNCTION},
     "https://dynamodb.eu-north-1.amazonaws.com"),
    (["local"], {"HTTP_PROXY": "http://proxy:3128"}, "http://localhost:8000"),
])
def test_which_client_it_is(monkeypatch, arguments, variables, kind):
    assert kind_of(monkeypatch, *arguments, **variables) == kind


WITHOUT_BOTO3 = """
import sys
sys.modules["boto3"] = sys.modules["botocore"] = None
from dynamodb_log import EventLog, Expected, NewEvent, Projector, VersionConflict
log = EventLog.connect("local")
print(log.append("users", "42", NewEvent("signup", {"name": "Ada"}), Expected.NO_STREAM).version)
try:
    log.append("users", "42", NewEvent("signup"), Expected.NO_STREAM)
except VersionConflict as conflict:
    print(conflict.current)
users = Projector(log, "users", type="user")
users.on("signup")(lambda event, user: user.update(name=event.payload["name"]))
print(users.project("42"), users.get("42")["name"])
assert "asyncio" not in sys.modules and "http.client" not in sys.modules
"""


def test_it_needs_no_boto3(tmp_path):
    with Cloud(tmp_path, in_memory=True) as cloud:
        environment = {"AWS_ENDPOINT_URL": cloud.url, "PYTHONPATH": str(ROOT / "clients/python/src")}
        done = subprocess.run([sys.executable, "-B", "-c", WITHOUT_BOTO3], env=environment, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("1\n1\n1 Ada\n", "")


def test_what_a_function_does_not_need_is_not_loaded():
    names = ("asyncio", "boto3", "botocore", "concurrent.futures.thread", "http.client", "ssl", "uuid")
    script = ("import sys; from dynamodb_log import EventLog, Projector; Projector(EventLog.connect('local'), 'users', type='user')\n"
              f"print([name for name in {names!r} if name in sys.modules])")
    environment = {"AWS_ENDPOINT_URL": "http://localhost:1", "PYTHONPATH": str(ROOT / "clients/python/src")}
    assert run(sys.executable, "-B", "-c", script, environment=environment).stdout == "[]\n"


def test_a_projector_learns_who_was_faster_from_the_error(tables):
    log = tables.new_log(LightClient(Place(tables.cloud.url, "us-east-1", lambda: KEYS)))
    users = Projector(log, "users", type="user")
    reads = []

    @users.on("signup")
    def signup(event, user):
        if not reads:
            tables.client.put_item(TableName=tables.core_table, Item={
                "pk": {"S": "users#42"}, "sk": {"S": "users#42"}, "version": {"N": "1"}, "name": {"S": "faster"}})
        reads.append(event.version)

    log.append("users", "42", NewEvent("signup"), Expected.NO_STREAM)
    log.client.get_item = counted = Counted(log.client.get_item)
    assert users.project("42") == 1 and reads == [1] and counted.calls == 1
    assert users.get("42")["name"] == "faster"


class Counted:
    def __init__(self, real):
        self.real, self.calls = real, 0

    def __call__(self, **request):
        self.calls += 1
        return self.real(**request)
