"""A small, fast client of DynamoDB's JSON protocol.

boto3 finds the endpoint, the region and the credentials, unless the environment names them all, as
it does offline: importing boto3 takes most of a function's start. Nine tenths of the time of a boto3
call is spent on other things, and a handler makes three calls for each event, so this client signs
and sends requests itself, over one kept-alive connection. Requests and answers are DynamoDB's own:
numbers are text ({"N": "12.345678"}), so no digit is ever lost.

A call that was throttled, broke off or met a server error is retried with growing random delays. A
client belongs to one thread.
"""

import collections
import functools
import hashlib
import hmac
import json
import os
import random
import re
import socket
import time
import urllib.parse

ATTEMPTS = 4
TIMEOUT = 10  # seconds
THROTTLED = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "TransactionInProgressException",
}
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)")
UNSIGNED_TOKEN = "local"  # the session token that the offline cloud gives its functions if it checks no signatures

to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


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


Credentials = collections.namedtuple("Credentials", "access_key secret_key token")


def locate():
    """The URL, the region and a function that returns the credentials."""
    environment = os.environ.get
    endpoint = environment("AWS_ENDPOINT_URL_DYNAMODB") or environment("AWS_ENDPOINT_URL")
    region = environment("AWS_REGION")
    credentials = Credentials(*map(environment, ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")))
    if endpoint and region and credentials.access_key and credentials.secret_key:
        return endpoint, region, lambda: credentials
    import boto3

    session = boto3.Session()
    # boto3 before 1.28 (Debian 12 has 1.26) does not look at the endpoint's variables itself.
    client = session.client("dynamodb", endpoint_url=endpoint or None)
    return client.meta.endpoint_url, client.meta.region_name, session.get_credentials().get_frozen_credentials


class Connection:
    """HTTP/1.1 over one connection (TLS for https URLs)."""

    def __init__(self, url):
        self._url = url
        self._socket = None

    def request(self, head, body):
        """Sends a request whose head lacks only its length; returns the status and the body. Raises OSError when the
        connection breaks."""
        try:
            if not self._socket:
                self._connect()
            self._socket.sendall(b"%scontent-length: %d\r\n\r\n%s" % (head, len(body), body))
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
            import ssl

            self._socket = ssl.create_default_context().wrap_socket(self._socket, server_hostname=self._url.hostname)

    def _receive(self):
        received = b""
        while (head_end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        head = received[:head_end].lower()
        length = CONTENT_LENGTH.search(head)
        if not length:  # DynamoDB always sends it
            raise ConnectionError("DynamoDB's answer has no length")
        body = received[head_end + 4 :]
        missing = int(length[1]) - len(body)
        if missing:
            body = b"".join((body, *self._rest(missing)))
        if b"\r\nconnection: close" in head:
            self._close()
        return int(head[9:12]), body

    def _rest(self, missing):
        while missing > 0:
            bytes = self._more()
            missing -= len(bytes)
            yield bytes

    def _more(self):
        bytes = self._socket.recv(65536)
        if not bytes:
            raise ConnectionError("DynamoDB closed the connection")
        return bytes

    def _close(self):
        if self._socket:
            self._socket.close()
        self._socket = None


class DynamoDb:
    def __init__(self):
        endpoint, self._region, self._credentials = locate()
        self._url = urllib.parse.urlsplit(endpoint)
        self._path = self._url.path or "/"
        self._connection = Connection(self._url)
        self._heads = {}  # by operation: the head of requests without a signature

    def call(self, operation, request):
        """Calls an operation; request and answer are dicts. Raises DynamoDbError and OSError."""
        body = to_json(request).encode()
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
        head = self._heads.get(operation) or self._head(operation, body)
        status, answer = self._connection.request(head, body)
        if status == 200:
            return json.loads(answer)
        raise self._error(status, answer)

    def _head(self, operation, body):
        credentials = self._credentials()
        headers = {
            "content-type": "application/x-amz-json-1.0",
            "host": self._url.netloc,
            "x-amz-target": f"DynamoDB_20120810.{operation}",
        }
        unsigned = credentials.token == UNSIGNED_TOKEN and self._url.hostname in LOOPBACK
        if unsigned:
            self._put_placeholder(headers, credentials)
        else:
            self._sign(headers, credentials, body)
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"POST {self._path} HTTP/1.1\r\n{lines}".encode()
        if unsigned:
            self._heads[operation] = head
        return head

    def _put_placeholder(self, headers, credentials):
        """What the offline cloud accepts in place of a signature if it checks none."""
        headers["x-amz-date"] = "19700101T000000Z"
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={credentials.access_key}/19700101/{self._region}/dynamodb/aws4_request, "
            "SignedHeaders=host;x-amz-date, Signature=0"
        )

    def _sign(self, headers, credentials, body):
        """AWS Signature Version 4:
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html"""
        date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        headers["x-amz-date"] = date
        if credentials.token:
            headers["x-amz-security-token"] = credentials.token
        scope = f"{date[:8]}/{self._region}/dynamodb/aws4_request"
        names = sorted(headers)
        lines = "".join(f"{name}:{headers[name]}\n" for name in names)
        signed = ";".join(names)
        request = f"POST\n{self._path}\n\n{lines}\n{signed}\n{sha256(body)}"
        text = f"AWS4-HMAC-SHA256\n{date}\n{scope}\n{sha256(request.encode())}"
        signature = hmac256(day_key(credentials.secret_key, scope), text).hex()
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={credentials.access_key}/{scope}, SignedHeaders={signed}, Signature={signature}"
        )

    @staticmethod
    def _error(status, answer):
        try:
            error = json.loads(answer)
            return DynamoDbError(status, error["__type"].rpartition("#")[2], error.get("message", ""), error.get("Item"))
        except (ValueError, KeyError, AttributeError, TypeError):
            return DynamoDbError(status, "Unknown", answer[:200].decode("utf-8", "replace"))
