"""A small, fast client of DynamoDB's JSON protocol.

boto3 finds the endpoint, the region and the credentials. Nine tenths of the time of a boto3 call is
spent on other things, and a handler makes three calls for each event, so this client signs and
sends requests itself, over one kept-alive connection. Requests and answers are DynamoDB's own:
numbers are text ({"N": "12.345678"}), so no digit is ever lost.

A call that was throttled, broke off or met a server error is retried with growing random delays. A
client belongs to one thread.
"""

import functools
import hashlib
import hmac
import json
import os
import random
import socket
import ssl
import time
import urllib.parse

import boto3

ATTEMPTS = 4
TIMEOUT = 10  # seconds
THROTTLED = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "TransactionInProgressException",
}


class DynamoDbError(Exception):
    """An error that DynamoDB answered. `type` is its exception's short name: "ConditionalCheckFailedException".
    `item`: what failed its condition, if the request asked for it."""

    def __init__(self, status, type, message, item=None):
        super().__init__(f"{type}: {message}")
        self.status = status
        self.type = type
        self.item = item


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def hmac256(key, text):
    return hmac.digest(key, text.encode(), "sha256")


@functools.lru_cache(maxsize=4)
def day_key(secret, scope):
    """The day's key; deriving it takes four hashes."""
    return functools.reduce(hmac256, scope.split("/"), b"AWS4" + secret.encode())


class Connection:
    """HTTP/1.1 over one connection (TLS for https URLs)."""

    def __init__(self, url):
        self._url = url
        self._socket = None
        self._answers = None

    def request(self, path, headers, body):
        """Sends a POST; returns the status and the body. Raises OSError when the connection breaks."""
        try:
            if not self._socket:
                self._connect()
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            head = f"POST {path} HTTP/1.1\r\n{lines}content-length: {len(body)}\r\n\r\n"
            self._socket.sendall(head.encode() + body)
            return self._receive()
        except BaseException:
            self._close()
            raise

    def _connect(self):
        secure = self._url.scheme == "https"
        address = (self._url.hostname, self._url.port or (443 if secure else 80))
        self._socket = socket.create_connection(address, timeout=TIMEOUT)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if secure:
            self._socket = ssl.create_default_context().wrap_socket(self._socket, server_hostname=self._url.hostname)
        self._answers = self._socket.makefile("rb")

    def _receive(self):
        status_line = self._answers.readline()
        headers = {}
        while (line := self._answers.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            headers[name.lower()] = value.strip()
        if b"content-length" not in headers:  # DynamoDB always sends it
            raise ConnectionError("DynamoDB closed the connection")
        length = int(headers[b"content-length"])
        body = self._answers.read(length)
        if len(body) < length:
            raise ConnectionError("DynamoDB closed the connection")
        if headers.get(b"connection", b"").lower() == b"close":
            self._close()
        return int(status_line[9:12]), body

    def _close(self):
        if self._socket:
            self._socket.close()
        self._socket = None


class DynamoDb:
    def __init__(self):
        session = boto3.Session()
        # boto3 before 1.28 (Debian 12 has 1.26) does not look at these variables itself.
        endpoint_url = os.environ.get("AWS_ENDPOINT_URL_DYNAMODB") or os.environ.get("AWS_ENDPOINT_URL")
        client = session.client("dynamodb", endpoint_url=endpoint_url or None)
        self._credentials = session.get_credentials()
        self._region = client.meta.region_name
        self._url = urllib.parse.urlsplit(client.meta.endpoint_url)
        self._path = self._url.path or "/"
        self._connection = Connection(self._url)

    def call(self, operation, request):
        """Calls an operation; request and answer are dicts. Raises DynamoDbError and OSError."""
        body = json.dumps(request, ensure_ascii=False, separators=(",", ":")).encode()
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._send(operation, body)
            except DynamoDbError as error:
                if attempt == ATTEMPTS or (error.status < 500 and error.type not in THROTTLED):
                    raise
            except OSError:
                if attempt == ATTEMPTS:
                    raise
            time.sleep(random.uniform(0, 0.05 * 2**attempt))

    def _send(self, operation, body):
        status, answer = self._connection.request(self._path, self._headers(operation, body), body)
        if status == 200:
            return json.loads(answer)
        raise self._error(status, answer)

    def _headers(self, operation, body):
        """With AWS Signature Version 4:
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html"""
        credentials = self._credentials.get_frozen_credentials()
        date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        headers = {"content-type": "application/x-amz-json-1.0", "host": self._url.netloc, "x-amz-date": date}
        if credentials.token:
            headers["x-amz-security-token"] = credentials.token
        headers["x-amz-target"] = f"DynamoDB_20120810.{operation}"
        scope = f"{date[:8]}/{self._region}/dynamodb/aws4_request"
        names = ";".join(headers)
        lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
        request = f"POST\n{self._path}\n\n{lines}\n{names}\n{sha256(body)}"
        text = f"AWS4-HMAC-SHA256\n{date}\n{scope}\n{sha256(request.encode())}"
        signature = hmac256(day_key(credentials.secret_key, scope), text).hex()
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={credentials.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
        )
        return headers

    @staticmethod
    def _error(status, answer):
        try:
            error = json.loads(answer)
            return DynamoDbError(status, error["__type"].rpartition("#")[2], error.get("message", ""), error.get("Item"))
        except (ValueError, KeyError, AttributeError, TypeError):
            return DynamoDbError(status, "Unknown", answer[:200].decode("utf-8", "replace"))
