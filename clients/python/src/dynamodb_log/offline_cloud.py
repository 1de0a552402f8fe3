"""An offline cloud for tests: a process of its own, in memory, on a free port.

  with OfflineCloud(template="template.yaml") as cloud:
      cloud.log.append("users", "42", NewEvent("signup", {"name": "Ada"}), Expected.NO_STREAM)
      assert cloud.log.version("users", "42") == 1

The program is `dynamodb-log`: the one that DYNAMODB_LOG names, or the one in PATH. It ends with
this object, and with the process that started it.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from typing import Any, Dict, List, Mapping, Optional, Sequence, Union

from .attributes import from_item, to_item
from .clients import connect
from .errors import EventLogError
from .event_log import EventLog
from .names import log_table_name, read_model_table_name

START_SECONDS = 30.0
STOP_SECONDS = 20.0
ANSWER_SECONDS = 30.0  # of a route, beside what it was told to wait
URL = re.compile(r"http://\S+")


class CloudError(EventLogError):
    """The offline cloud did not start, or refused a request. `type`: the error's name; `answer`:
    all of it."""

    def __init__(self, message: str, type: str = "", answer: Optional[Dict[str, Any]] = None) -> None:
        super().__init__(message)
        self.type = type
        self.answer = answer or {}


class OfflineCloud:
    """Thread safety: start and stop by one thread; in between any thread may call the other
    methods."""

    def __init__(
        self,
        template: Union[str, "os.PathLike[str]", None] = None,
        *,
        stage: str = "local",
        program: Optional[str] = None,
        arguments: Sequence[str] = (),
        environment: Optional[Mapping[str, str]] = None,
    ) -> None:
        """`template`: of the application; None: only the tables, the bus and the trigger.
        `arguments`: more options of `dynamodb-log offline`. `environment`: more variables of the
        process, and so of the functions."""
        self.stage = stage
        self.url = ""
        self._template = template
        self._program = program or os.environ.get("DYNAMODB_LOG") or "dynamodb-log"
        self._arguments = list(arguments)
        self._environment = dict(environment or {})
        self._process: Optional["subprocess.Popen[bytes]"] = None
        self._folder: Optional["tempfile.TemporaryDirectory[str]"] = None
        self._log: Optional[EventLog] = None

    # --- life ---

    def start(self) -> OfflineCloud:
        """Starts the process and waits until it listens. Raises CloudError with what it wrote if it
        ends instead."""
        self._folder = tempfile.TemporaryDirectory(prefix="dynamodb-log-")
        output = pathlib.Path(self._folder.name) / "output"
        command = [self._program, "offline", "--in-memory", "--port", "0", "--stage", self.stage]
        command += [] if self._template is None else ["--template", os.fspath(self._template)]
        try:
            with open(output, "wb") as file:
                self._process = subprocess.Popen(
                    command + self._arguments,
                    stdin=subprocess.DEVNULL,
                    stdout=file,
                    stderr=subprocess.STDOUT,
                    env={**_clean_environment(), **self._environment},
                )
            self.url = self._ready(output)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Ends the process and its functions. Does nothing if it has not been started."""
        process, self._process, self._log = self._process, None, None
        if process is not None:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def __enter__(self) -> OfflineCloud:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def output(self) -> str:
        """What the cloud and its functions have written."""
        if self._folder is None:
            return ""
        return (pathlib.Path(self._folder.name) / "output").read_text(errors="replace")

    def _ready(self, output: pathlib.Path) -> str:
        """The URL, when the cloud listens."""
        process = self._process
        deadline = time.monotonic() + START_SECONDS
        while process is not None:
            text = output.read_text(errors="replace")
            url = URL.search(text)
            if url and "is ready after" in text and "\n" in text[url.end() :]:
                return url[0].rstrip("/")
            if process.poll() is not None:
                raise CloudError(f"{self._program} ended with status {process.returncode}:\n{text}")
            if time.monotonic() > deadline:
                raise CloudError(f"{self._program} was not ready after {START_SECONDS:g} s:\n{text}")
            time.sleep(0.002)
        raise CloudError("The cloud was not started.")

    # --- clients ---

    @property
    def environment(self) -> Dict[str, str]:
        """The variables with which AWS SDKs and the AWS CLI find the cloud."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
        }

    def client(self, service: str, **options: Any) -> Any:
        """A boto3 client: "dynamodb", "dynamodbstreams", "events", "lambda", "sqs", "scheduler"."""
        options = {
            "region_name": "us-east-1",
            "aws_access_key_id": "local",
            "aws_secret_access_key": "local",
            **options,
        }
        return connect(service, self.stage, self.url, **options)

    @property
    def log(self) -> EventLog:
        """The event log."""
        if self._log is None:
            self._log = self.new_log()
        return self._log

    def new_log(self, **options: Any) -> EventLog:
        """An event log with options of EventLog: a codec, upcasters."""
        options.setdefault("read_model_table", read_model_table_name(self.stage))
        options.setdefault("streams", lambda: self.client("dynamodbstreams"))
        return EventLog(self.client("dynamodb"), log_table_name(self.stage), **options)

    def get(self, pk: str, sk: Optional[str] = None, *, table: Optional[str] = None) -> Optional[Dict[str, Any]]:
        """An item of the read-model table; its sort key is `pk` as well, unless `sk` says
        otherwise. None if there is none."""
        key = to_item({"pk": pk, "sk": pk if sk is None else sk})
        table = table or read_model_table_name(self.stage)
        answer = self.log.client.get_item(TableName=table, Key=key, ConsistentRead=True)
        return from_item(answer["Item"]) if "Item" in answer else None

    # --- the cloud's own routes ---

    def move_clock(self, by: Union[datetime.timedelta, float]) -> None:
        """Moves the cloud's clock ahead, by a timedelta or seconds, step by step: what becomes due
        on the way is done."""
        seconds = by.total_seconds() if isinstance(by, datetime.timedelta) else by
        self.call("POST", "/_local/clock", {"move": int(seconds * 1000)})

    def failures(self) -> List[Dict[str, Any]]:
        """The work that was given up, the newest first: handlers that failed in every attempt, and
        others."""
        failures: List[Dict[str, Any]] = self.call("GET", "/_local/failures")["failures"]
        return failures

    def call(
        self, method: str, path: str, body: Optional[Mapping[str, Any]] = None, seconds: float = 0
    ) -> Dict[str, Any]:
        """Calls a route of the cloud's own. Raises CloudError."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with contextlib.closing(_DIRECT.open(request, timeout=ANSWER_SECONDS + seconds)) as response:
                answer: Dict[str, Any] = json.loads(response.read() or b"{}")
                return answer
        except urllib.error.HTTPError as error:
            raise _cloud_error(error) from None


# The cloud is on this machine, whatever proxy is configured.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _cloud_error(error: urllib.error.HTTPError) -> CloudError:
    text = error.read().decode(errors="replace")
    try:
        answer = json.loads(text)
        type = str(answer.get("__type", "")).rpartition("#")[2]
        message = str(answer.get("message") or answer.get("Message") or text)
    except (ValueError, AttributeError):
        answer, type, message = {}, "", text
    return CloudError(f"{type or error.code}: {message}", type, answer)


def _clean_environment() -> Dict[str, str]:
    """The environment without an endpoint or a profile that somebody has configured for AWS."""
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_ENDPOINT_URL")}
