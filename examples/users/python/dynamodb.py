"""A small, quick client of DynamoDB's JSON protocol.

boto3 finds the endpoint, the region and the credentials, and botocore signs; the rest of what a boto3 client does for a
call takes three quarters of its time (1 ms here), and this is called three times for every event. Requests and answers
are DynamoDB's own: numbers are text ({"N": "12.345678"}), so none of their digits is ever lost.

Calls that were throttled, broke off or met an error of the server are tried again, with growing random delays.
One connection, kept alive; not for several threads.
"""

import http.client
import json
import random
import time
import urllib.parse

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

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


class DynamoDb:
    def __init__(self):
        session = boto3.Session()
        client = session.client("dynamodb")
        self._credentials = session.get_credentials()
        self._region = client.meta.region_name
        self._url = client.meta.endpoint_url
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
        url = urllib.parse.urlsplit(self._url)
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        return kind(url.hostname, url.port, timeout=TIMEOUT)

    def _send(self, operation, body):
        headers = {"X-Amz-Target": f"DynamoDB_20120810.{operation}", "Content-Type": "application/x-amz-json-1.0"}
        request = AWSRequest("POST", self._url, headers=headers, data=body)
        SigV4Auth(self._credentials.get_frozen_credentials(), "dynamodb", self._region).add_auth(request)
        self._connection.request("POST", "/", body, dict(request.headers.items()))
        response = self._connection.getresponse()
        answer = response.read()
        if response.status == 200:
            return json.loads(answer)
        raise self._error(response.status, answer)

    @staticmethod
    def _error(status, answer):
        try:
            error = json.loads(answer)
            return DynamoDbError(status, error["__type"].rpartition("#")[2], error.get("message", ""))
        except (ValueError, KeyError, AttributeError, TypeError):
            return DynamoDbError(status, "Unknown", answer[:200].decode("utf-8", "replace"))
