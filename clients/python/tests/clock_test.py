"""What time it is: the offline cloud's time, or else the machine's."""

import datetime
import http.server
import socket
import subprocess
import threading

import botocore.exceptions
import pytest

from cloud import BINARY
from dynamodb_log import now
from dynamodb_log.offline_cloud import OfflineCloud

NEW_YEAR = datetime.datetime(2031, 1, 1, tzinfo=datetime.timezone.utc)


def is_the_machines(time):
    return abs(time - datetime.datetime.now(datetime.timezone.utc)) < datetime.timedelta(minutes=1)


def test_the_cloud_says(monkeypatch):
    with OfflineCloud(program=BINARY) as cloud:
        for name, value in cloud.environment.items():
            monkeypatch.setenv(name, value)
        cloud.set_clock(NEW_YEAR, freeze=True)
        assert now() == NEW_YEAR


def test_also_one_that_wants_signatures(monkeypatch):
    with OfflineCloud(program=BINARY, arguments=["--access-key", "AKID:secret"]) as cloud:
        values = {"ACCESS_KEY_ID": "AKID", "SECRET_ACCESS_KEY": "secret", "SESSION_TOKEN": "a token"}
        for name, value in {"ENDPOINT_URL": cloud.url + "/", "REGION": "us-east-1", **values}.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        for command in (["freeze"], ["set", "2031-01-01T00:00:00Z"]):
            subprocess.run([BINARY, "clock", *command], check=True)
        assert now() == NEW_YEAR


def test_refused_credentials_are_an_error(monkeypatch):
    with OfflineCloud(program=BINARY, arguments=["--access-key", "AKID:secret"]) as cloud:
        values = {"ENDPOINT_URL": cloud.url, "ACCESS_KEY_ID": "AKID", "SECRET_ACCESS_KEY": "another", "REGION": "us-east-1"}
        for name, value in values.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
        with pytest.raises(botocore.exceptions.ClientError, match="InvalidSignatureException"):
            now()


def test_without_an_endpoint_the_machine_says(monkeypatch):
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.delenv("AWS_ENDPOINT_URL_DYNAMODB", raising=False)
    assert is_the_machines(now())


def test_another_server_does_not_know_and_nothing_at_all_is_an_error(monkeypatch):
    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)  # answers 501
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    try:
        assert is_the_machines(now())
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    with pytest.raises(botocore.exceptions.EndpointConnectionError):
        now()


def test_an_answer_that_is_no_http_is_an_error(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.getsockname()[1]}")
        thread = threading.Thread(target=answer_once, args=(server,))
        thread.start()
        with pytest.raises(botocore.exceptions.EndpointConnectionError):
            now()
        thread.join()


def answer_once(server):
    connection, _ = server.accept()
    with connection:
        connection.recv(10_000)
        connection.sendall(b"What?\r\n")
