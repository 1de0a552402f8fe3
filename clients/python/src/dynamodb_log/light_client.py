"""A client of DynamoDB without the cost of boto3's calls and of its start.

It has the methods of `boto3.client("dynamodb")` that the library uses, with the same requests,
answers and errors. Attributes stay as DynamoDB has them ({"N": "12.345678"}), so no digit is lost.
What is hard is boto3's part where the environment does not say it: it finds the endpoint, the region
and the credentials, and renews them.

A call that was throttled, got no answer or met a server error is sent again, up to 8 times in all,
with growing random pauses: about 4 seconds.

Why, and what it costs: docs/adr/0042-light-transport.md.
"""

from __future__ import annotations

import base64
import json
import os
import socket
from typing import TYPE_CHECKING, Any, Callable, Dict, List, NamedTuple, Optional
from urllib.parse import SplitResult, urlsplit

from . import sdk_errors
from .environment import Environment, SystemEnvironment
from .http_connection import HttpConnection
from .signature import Credentials, sign, unsigned

if TYPE_CHECKING:
    import ssl

ATTEMPTS = 8
FIRST_DELAY, LONGEST_DELAY = 0.1, 2.0  # seconds, the longest pause after an attempt
IDLE_CONNECTIONS = 32  # that are kept; each thread that calls at the same time has its own
THROTTLED = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "TransactionInProgressException",
}
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
UNSIGNED_TOKEN = "local"  # the session token that the offline cloud gives its functions if it checks no signatures
SERVICE, TARGET = "dynamodb", "DynamoDB_20120810"


class Place(NamedTuple):
    """Where DynamoDB is, and who asks. `credentials` returns those of now; None if there are none.
    `ca_file`: the certificates to trust; None: the system's."""

    url: str
    region: str
    credentials: Callable[[], Optional[Credentials]]
    ca_file: Optional[str] = None


class LightClient:
    """Thread safety: any thread may call any method. Methods raise
    botocore.exceptions.ClientError for what DynamoDB answers, with its `response`, and for no answer
    EndpointConnectionError, ConnectionClosedError or ReadTimeoutError: the write may have
    happened."""

    # Unlike old versions of boto3, it knows ReturnValuesOnConditionCheckFailure.
    returns_failed_items = True

    def __init__(self, place: Place, environment: Optional[Environment] = None) -> None:
        """Sends nothing."""
        self._url: SplitResult = urlsplit(place.url)
        if self._url.scheme not in ("http", "https") or not self._url.hostname:
            raise ValueError(f'Invalid endpoint: "{place.url}" is not an http or https URL.')
        self._path = self._url.path or "/"
        self._region = place.region
        self._credentials = place.credentials
        self._tls = _tls_context(place.ca_file) if self._url.scheme == "https" else None
        self._environment: Environment = environment or SystemEnvironment()
        self._idle: List[HttpConnection] = []  # adding and removing one is atomic
        self._unsigned_heads: Dict[str, bytes] = {}  # by operation
        self._is_function = "AWS_LAMBDA_FUNCTION_NAME" in os.environ

    def put_item(self, **request: Any) -> Dict[str, Any]:
        return self.call("PutItem", request)

    def get_item(self, **request: Any) -> Dict[str, Any]:
        return self.call("GetItem", request)

    def update_item(self, **request: Any) -> Dict[str, Any]:
        return self.call("UpdateItem", request)

    def delete_item(self, **request: Any) -> Dict[str, Any]:
        return self.call("DeleteItem", request)

    def query(self, **request: Any) -> Dict[str, Any]:
        return self.call("Query", request)

    def scan(self, **request: Any) -> Dict[str, Any]:
        return self.call("Scan", request)

    def transact_write_items(self, **request: Any) -> Dict[str, Any]:
        return self.call("TransactWriteItems", request)

    def describe_table(self, **request: Any) -> Dict[str, Any]:
        """Times are seconds since 1970, unlike boto3's."""
        return self.call("DescribeTable", request)

    def close(self) -> None:
        """Closes the connections that are idle. Later calls make new ones."""
        while self._idle:
            self._idle.pop().close()

    def call(self, operation: str, request: Dict[str, Any]) -> Dict[str, Any]:
        """Any operation ("PutItem"). The answer has no ResponseMetadata."""
        body = _to_json(request).encode()
        for attempt in range(1, ATTEMPTS):
            try:
                return self._send(operation, body, attempt)
            except sdk_errors.ClientError as error:
                if not _is_passing(error):
                    raise
            except (sdk_errors.ConnectionClosedError, sdk_errors.EndpointConnectionError, sdk_errors.ReadTimeoutError):
                pass
            most = min(LONGEST_DELAY, FIRST_DELAY * 2 ** (attempt - 1))
            self._environment.sleep(self._environment.uniform(0, most))
        return self._send(operation, body, ATTEMPTS)

    def _send(self, operation: str, body: bytes, attempt: int) -> Dict[str, Any]:
        head = self._unsigned_heads.get(operation) or self._head(operation, body)
        trace = os.environ.get("_X_AMZN_TRACE_ID") if self._is_function else None
        if trace:
            head = b"%sx-amzn-trace-id: %s\r\n" % (head, trace.encode())
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = HttpConnection(self._url, self._tls)
        try:
            status, answer = connection.request(head, body)
        except OSError as error:
            raise self._no_answer(error) from error
        if len(self._idle) < IDLE_CONNECTIONS:
            self._idle.append(connection)
        else:
            connection.close()
        if status == 200:
            return self._result(answer)
        raise _error_of(operation, status, answer, attempt)

    def _result(self, answer: bytes) -> Dict[str, Any]:
        try:
            # Only what may be base64 text needs a second look.
            decode = _decode_with_bytes if b'"B"' in answer or b'"BS"' in answer else _decode
            result = decode(answer.decode())
        except ValueError as error:
            raise self._no_answer(error) from error
        if not isinstance(result, dict):
            raise self._no_answer(ValueError("the answer is no JSON object"))
        return result

    def _no_answer(self, error: Exception) -> Any:
        url = self._url.geturl()
        if isinstance(error, socket.timeout):
            return sdk_errors.ReadTimeoutError(endpoint_url=url, error=error)
        is_broken = isinstance(error, ConnectionError) or not isinstance(error, OSError)
        if is_broken and not isinstance(error, ConnectionRefusedError):
            return sdk_errors.ConnectionClosedError(endpoint_url=url, error=error)
        return sdk_errors.EndpointConnectionError(endpoint_url=url, error=error)

    def _head(self, operation: str, body: bytes) -> bytes:
        credentials = self._credentials()
        if credentials is None:
            raise sdk_errors.NoCredentialsError()
        headers = {
            "content-type": "application/x-amz-json-1.0",
            "host": self._url.netloc.rpartition("@")[2],
            "x-amz-target": f"{TARGET}.{operation}",
        }
        is_unsigned = credentials.token == UNSIGNED_TOKEN and self._url.hostname in LOOPBACK
        if is_unsigned:
            unsigned(headers, credentials, self._region, SERVICE)
        else:
            sign(headers, self._path, body, credentials, self._region, SERVICE)
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"POST {self._path} HTTP/1.1\r\n{lines}".encode()
        if is_unsigned:
            self._unsigned_heads[operation] = head
        return head


def _base64(value: Any) -> str:
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    raise TypeError(f"A request of DynamoDB holds no {type(value).__name__}.")


_decode = json.JSONDecoder().decode
_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_base64).encode


def _with_bytes(value: Dict[str, Any]) -> Dict[str, Any]:
    """An attribute with its bytes. The name of an attribute is no mistake: {"B": {"S": "x"}}."""
    if len(value) == 1:
        if isinstance(value.get("B"), str):
            return {"B": base64.b64decode(value["B"])}
        if isinstance(value.get("BS"), list):
            return {"BS": [base64.b64decode(one) for one in value["BS"]]}
    return value


_decode_with_bytes = json.JSONDecoder(object_hook=_with_bytes).decode


def _error_of(operation: str, status: int, answer: bytes, attempts: int) -> Any:
    """The error as boto3 has it."""
    metadata = {"HTTPStatusCode": status, "RetryAttempts": attempts - 1}
    try:
        fields = _decode_with_bytes(answer.decode())
        code = fields.pop("__type").rpartition("#")[2]
        message = fields.pop("message", None) or fields.pop("Message", None) or ""
    except (ValueError, KeyError, AttributeError, TypeError):
        fields, code, message = {}, str(status), answer[:200].decode("utf-8", "replace")
    error = {"Code": code, "Message": message}
    return sdk_errors.ClientError({**fields, "Error": error, "ResponseMetadata": metadata}, operation)


def _is_passing(error: Any) -> bool:
    return error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500 or error.response["Error"]["Code"] in THROTTLED


def _tls_context(ca_file: Optional[str]) -> "ssl.SSLContext":
    import ssl

    return ssl.create_default_context(cafile=ca_file)
