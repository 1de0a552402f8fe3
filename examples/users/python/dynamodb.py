"""A small, quick client of DynamoDB's JSON protocol.

boto3 finds the endpoint, the region and the credentials, here as everywhere. The rest of what it does for a call takes
four fifths of its time, and this is called three times for every event; so requests are signed and sent here. Requests
and answers are DynamoDB's own: numbers are text ({"N": "12.345678"}), so none of their digits is ever lost.

Calls that were throttled, broke off or met an error of the server are tried again, with growing random delays.
One connection, kept alive; not for several threads.
"""

import functools
import hashlib
import hmac
import http.client
import json
import random
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
    """DynamoDB refused: `type` is its exception's short name, "ConditionalCheckFailedException"."""

    def __init__(self, status, type, message):
        super().__init__(f"{type}: {message}")
        self.status = status
        self.type = type


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def hmac256(key, text):
    return hmac.digest(key, text.encode(), "sha256")


@functools.lru_cache(maxsize=4)
def day_key(secret, scope):
    """The day's key; making it takes four hashes."""
    return functools.reduce(hmac256, scope.split("/"), b"AWS4" + secret.encode())


class DynamoDb:
    def __init__(self):
        session = boto3.Session()
        client = session.client("dynamodb")
        self._credentials = session.get_credentials()
        self._region = client.meta.region_name
        self._url = urllib.parse.urlsplit(client.meta.endpoint_url)
        self._path = self._url.path or "/"
        self._connection = self._connect()

    def call(self, operation, request):
        """One operation: a request as a dict, the answer as a dict. Raises DynamoDbError, OSError, HTTPException."""
        body = json.dumps(request, ensure_ascii=False, separators=(",", ":")).encode()
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._send(operation, body)
            except DynamoDbError as error:
                if attempt == ATTEMPTS or (error.status < 500 and error.type not in THROTTLED):
                    raise
            except (OSError, http.client.HTTPException):
                self._connection.close()
                if attempt == ATTEMPTS:
                    raise
            time.sleep(random.uniform(0, 0.05 * 2**attempt))

    def _connect(self):
        kind = http.client.HTTPSConnection if self._url.scheme == "https" else http.client.HTTPConnection
        return kind(self._url.hostname, self._url.port, timeout=TIMEOUT)

    def _send(self, operation, body):
        self._connection.request("POST", self._path, body, self._headers(operation, body))
        response = self._connection.getresponse()
        answer = response.read()
        if response.status == 200:
            return json.loads(answer)
        raise self._error(response.status, answer)

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
            return DynamoDbError(status, error["__type"].rpartition("#")[2], error.get("message", ""))
        except (ValueError, KeyError, AttributeError, TypeError):
            return DynamoDbError(status, "Unknown", answer[:200].decode("utf-8", "replace"))
