"""The Python runtime: asks the Lambda Runtime API for invocations, calls the function's handler, gives answers back.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html, https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html
It behaves as AWS's runtime interface client does (github.com/aws/aws-lambda-python-runtime-interface-client).

It speaks HTTP over one plain socket (the Runtime API is our own server), because http.client costs several times what a
small handler does. An answer and the question for the next invocation go out together.
"""

import importlib
import json
import logging
import os
import re
import secrets
import socket
import sys
import time
import traceback

API = "/2018-06-01/runtime"


class RuntimeApi:
    def __init__(self, address):
        host, port = address.rsplit(":", 1)
        self._address = address
        self._socket = socket.create_connection((host, int(port)))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""  # of an answer that is not complete
        self._waiting = 0  # requests whose answers were not read yet

    def send(self, *requests):
        """Sends (method, operation, body, headers) all at once; their answers come in the same order."""
        parts = []
        for method, operation, body, headers in requests:
            length = "" if method == "GET" else f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            parts.append(f"{method} {API}{operation} HTTP/1.1\r\nHost: {self._address}\r\n{headers}{length}\r\n".encode("latin-1"))
            parts.append(body)
        self._waiting += len(requests)
        self._socket.sendall(b"".join(parts))

    def receive(self):
        """The answer to the last request that was sent: (status, headers, body). Those before it are skipped."""
        while True:
            while (end := self._received.find(b"\r\n\r\n")) < 0:
                self._receive_more()
            status_line, *lines = self._received[:end].decode("latin-1").split("\r\n")
            headers = {}
            for line in lines:
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            body = self._take(end + 4, int(headers.get("content-length", 0)))
            self._waiting -= 1
            if self._waiting == 0:
                return int(status_line.split(" ")[1]), headers, body

    def _take(self, begin, length):
        """The `length` bytes from `begin` on. What follows them is kept."""
        parts = [self._received[begin : begin + length]]
        self._received = self._received[begin + length :]
        missing = length - len(parts[0])
        while missing > 0:
            parts.append(self._read(min(missing, 1 << 20)))
            missing -= len(parts[-1])
        return b"".join(parts)

    def _receive_more(self):
        self._received += self._read(65536)

    def _read(self, most):
        bytes = self._socket.recv(most)
        if not bytes:
            sys.exit(1)  # the server is gone
        return bytes


def error_request(operation, failure):
    error_type = failure["errorType"].encode("ascii", "ignore").decode()
    body = json.dumps(failure, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return "POST", operation, body, f"Lambda-Runtime-Function-Error-Type: {error_type}\r\n"


class RuntimeFailure(Exception):
    """An error that the runtime found, not the function's code."""

    def __init__(self, error_type, message, stack_trace=()):
        super().__init__(message)
        self.failure = {"errorMessage": message, "errorType": error_type, "requestId": "", "stackTrace": list(stack_trace)}


def describe(error, request_id=""):
    # The first frame is this file's own.
    frames = traceback.extract_tb(error.__traceback__)[1:]
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "requestId": request_id,
        "stackTrace": traceback.format_list(frames),
    }


def load_handler(name):
    """"dir/index.handler" is the function `handler` of dir/index.py."""
    module_name, dot, function_name = name.rpartition(".")
    if not dot or not module_name:
        raise RuntimeFailure("Runtime.MalformedHandlerName", f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)")
    if module_name.split(".")[0] in sys.builtin_module_names:
        raise RuntimeFailure("Runtime.BuiltInModuleConflict", f"Cannot use built-in module {module_name} as a handler module")
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise RuntimeFailure("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}") from error
    except SyntaxError as error:
        trace = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        raise RuntimeFailure("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module_name}': {error}", trace) from error
    if not hasattr(module, function_name):
        raise RuntimeFailure("Runtime.HandlerNotFound", f"Handler '{function_name}' missing on module '{module_name}'")
    return getattr(module, function_name)


class CognitoIdentity:
    cognito_identity_id = None
    cognito_identity_pool_id = None


class Client:
    def __init__(self, fields):
        for name in ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name"):
            setattr(self, name, fields.get(name))


class ClientContext:
    def __init__(self, fields):
        self.custom = fields.get("custom")
        self.env = fields.get("env")
        client = fields.get("client")
        self.client = Client(client) if client is not None else None


# What is the same in the context of every invocation.
FUNCTION_CONTEXT = {
    "function_name": os.environ["AWS_LAMBDA_FUNCTION_NAME"],
    "function_version": os.environ["AWS_LAMBDA_FUNCTION_VERSION"],
    "memory_limit_in_mb": os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
    "log_group_name": os.environ["AWS_LAMBDA_LOG_GROUP_NAME"],
    "log_stream_name": os.environ["AWS_LAMBDA_LOG_STREAM_NAME"],
}


class LambdaContext:
    def __init__(self, headers):
        self.__dict__.update(FUNCTION_CONTEXT)
        self._deadline_ms = int(headers["lambda-runtime-deadline-ms"])
        self.aws_request_id = headers["lambda-runtime-aws-request-id"]
        self.invoked_function_arn = headers.get("lambda-runtime-invoked-function-arn")
        self.identity = CognitoIdentity()
        client_context = headers.get("lambda-runtime-client-context")
        self.client_context = ClientContext(json.loads(client_context)) if client_context else None

    def get_remaining_time_in_millis(self):
        return max(int(self._deadline_ms - time.time() * 1000), 0)

    def log(self, message):
        sys.stdout.write(str(message))


# From 3.12 on, AWS's runtimes leave characters outside ASCII as they are.
ENSURE_ASCII = not re.match(r"AWS_Lambda_python3\.(1[2-9]|[2-9]\d)", os.environ.get("AWS_EXECUTION_ENV", ""))

# What stands for a Decimal while json encodes the rest: json cannot write a number from its digits.
DECIMAL_MARK = f"decimal-{secrets.token_hex(16)}:"
MARKED_DECIMAL = re.compile(f'"{DECIMAL_MARK}([^"]*)"')


def is_plain(value):
    """Whether json encodes the value as AWS's runtime does. It need not look at a list or dict twice."""
    seen = set()
    stack = [value]
    while stack:
        value = stack.pop()
        kind = type(value)
        if kind is str or kind is int or kind is float or kind is bool or value is None:
            continue
        if kind is not dict and kind is not list and kind is not tuple:
            return False
        if id(value) in seen:
            continue
        seen.add(id(value))
        if kind is dict:
            if not all(type(key) is str for key in value):
                return False
            stack.extend(value.values())
        else:
            stack.extend(value)
    return True


def to_plain(value, parents=()):
    """The value with what simplejson, which AWS's runtime uses, encodes in another way than json does: a named tuple is an
    object, bytes are text, a Decimal keeps its digits."""
    if isinstance(value, bytes):
        return str(value, "utf-8")
    if value is None or isinstance(value, (str, int, float)):
        return value
    if id(value) in parents:
        raise ValueError("Circular reference detected")
    parents = (*parents, id(value))
    if not isinstance(value, list) and callable(as_dict := getattr(value, "_asdict", None)):
        value = as_dict()
    if isinstance(value, (list, tuple)):
        return [to_plain(element, parents) for element in value]
    if isinstance(value, dict):
        return {
            str(key, "utf-8") if isinstance(key, bytes) else key: to_plain(member, parents) for key, member in value.items()
        }
    if any(kind.__name__ == "Decimal" and kind.__module__ in ("decimal", "_decimal", "_pydecimal") for kind in type(value).__mro__):
        return float("nan") if value.is_nan() else DECIMAL_MARK + str(value)
    return value  # json says that it cannot encode it


def to_json(value):
    if is_plain(value):
        return json.dumps(value, ensure_ascii=ENSURE_ASCII)
    return MARKED_DECIMAL.sub(r"\1", json.dumps(to_plain(value), ensure_ascii=ENSURE_ASCII))


def marshal(result):
    if isinstance(result, bytes):
        return result
    try:
        text = to_json(result)
    except Exception as error:
        raise RuntimeFailure("Runtime.MarshalError", f"Unable to marshal response: {error}") from error
    return text


def unmarshal(body):
    try:
        return json.loads(body)
    except Exception as error:
        raise RuntimeFailure("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from error


def handle(handler, headers, body):
    """Runs one invocation; the request that tells how it ended."""
    request_id = headers["lambda-runtime-aws-request-id"]
    if "lambda-runtime-trace-id" in headers:
        os.environ["_X_AMZN_TRACE_ID"] = headers["lambda-runtime-trace-id"]
    else:
        os.environ.pop("_X_AMZN_TRACE_ID", None)
    try:
        answer = marshal(handler(unmarshal(body), LambdaContext(headers)))
    except RuntimeFailure as error:
        print(f"[ERROR] {error.failure['errorType']}: {error}")
        return error_request(f"/invocation/{request_id}/error", {**error.failure, "requestId": request_id})
    except Exception as error:
        traceback.print_exc(file=sys.stdout)
        return error_request(f"/invocation/{request_id}/error", describe(error, request_id))
    # A lone surrogate ends the process here, as it does in AWS.
    return "POST", f"/invocation/{request_id}/response", answer if isinstance(answer, bytes) else answer.encode(), ""


def main():
    api = RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])
    sys.path[0] = os.environ["LAMBDA_TASK_ROOT"]
    log_handler = logging.StreamHandler(sys.stdout)
    log_handler.setFormatter(logging.Formatter("[%(levelname)s] %(message)s"))
    logging.getLogger().addHandler(log_handler)
    try:
        handler = load_handler(os.environ["_HANDLER"])
    except RuntimeFailure as error:
        fail_init(api, error.failure)
    except Exception as error:
        fail_init(api, describe(error))
    next_request = ("GET", "/invocation/next", b"", "")
    api.send(next_request)
    while True:
        status, headers, body = api.receive()
        if status != 200:
            sys.exit(1)
        api.send(handle(handler, headers, body), next_request)


def fail_init(api, failure):
    """Reports why the function cannot start; the server logs it."""
    api.send(error_request("/init/error", failure))
    api.receive()
    sys.exit(1)


if __name__ == "__main__":
    main()
