"""An offline cloud for tests: a process of its own, in memory, on a free port.

  with OfflineCloud(template="template.yaml") as cloud:
      cloud.log.append("users", "42", NewEvent("signup", {"name": "Ada"}), Expected.NO_STREAM)
      cloud.settle()
      assert cloud.get("users#42")["name"] == "Ada"

The program is `dynamodb-log`: the one that DYNAMODB_LOG names, or the one in PATH. It ends with
this object, and with the process that started it.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import pathlib
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Union

from .attributes import from_item, to_item
from .clients import connect
from .environment import iso_time
from .errors import EventLogError
from .event_log import EventLog
from .names import log_table_name, read_model_table_name

START_SECONDS = 30.0
STOP_SECONDS = 20.0
ANSWER_SECONDS = 30.0  # of a route, beside what it was told to wait


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
        output, ready = (pathlib.Path(self._folder.name) / name for name in ("output", "ready.json"))
        command = [self._program, "offline", "--in-memory", "--port", "0", "--stage", self.stage]
        command += ["--ready-file", str(ready), "--parent-pid", str(os.getpid())]
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
            self.url = self._ready(ready)
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

    def _ready(self, file: pathlib.Path) -> str:
        """The URL, when the cloud listens: then the file is there, whole."""
        process = self._process
        deadline = time.monotonic() + START_SECONDS
        while process is not None and not file.exists():
            if process.poll() is not None:
                raise CloudError(f"{self._program} ended with status {process.returncode}:\n{self.output()}")
            if time.monotonic() > deadline:
                raise CloudError(f"{self._program} was not ready after {START_SECONDS:g} s:\n{self.output()}")
            time.sleep(0.002)
        return str(json.loads(file.read_text())["url"])

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
        """The event log. After a reset it is another object, because this one remembers versions
        that are gone."""
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

    def settle(
        self,
        *,
        timeout: float = 30,
        advance: bool = True,
        stream: Optional[str] = None,
        version: Optional[int] = None,
        fail: bool = True,
    ) -> Dict[str, Any]:
        """Waits until everything that follows from what was appended is done, and returns what was
        done.

        `timeout`: seconds. `advance`: moves the clock over delays instead of waiting.
        `stream` ("users#42") and `version`: first waits for this event.
        Raises CloudError if it takes longer, and, unless `fail` is False, if work was given up
        since the last settle: the message has the errors, their stacks and the log lines."""
        request: Dict[str, Any] = {"timeout": int(timeout * 1000), "advance": advance}
        if stream is not None:
            request["until"] = {"stream": stream, "version": version or 1}
        answer = self.call("POST", "/_local/settle", request, timeout)
        if fail and answer.get("failures"):
            raise CloudError(_text_of_failures(answer["failures"]), "Failures", answer)
        return answer

    def reset(self, checkpoint: Optional[str] = None) -> None:
        """Takes the cloud back to its start, or to a checkpoint, in milliseconds. Functions'
        processes stay."""
        self._log = None
        self.call("POST", "/_local/reset", {} if checkpoint is None else {"checkpoint": checkpoint})

    def checkpoint(self, name: str) -> None:
        """Keeps the current state in memory, for resets."""
        self.call("PUT", f"/_local/checkpoints/{name}")

    def move_clock(self, by: Union[datetime.timedelta, float]) -> None:
        """Moves the cloud's clock ahead, by a timedelta or seconds, step by step: what becomes due
        on the way is done."""
        seconds = by.total_seconds() if isinstance(by, datetime.timedelta) else by
        self.call("POST", "/_local/clock", {"move": int(seconds * 1000)})

    def now(self) -> datetime.datetime:
        """The time of day that the cloud's clock shows, in UTC."""
        answer = self.call("GET", "/_local/clock")
        return datetime.datetime.fromisoformat(answer["now"].replace("Z", "+00:00"))

    def set_clock(self, to: datetime.datetime, *, freeze: bool = False) -> None:
        """Sets the cloud's clock to a time of day with a time zone. `freeze`: the time of day
        stands still from then on, so time stamps are the same in each run."""
        self.call("POST", "/_local/clock", {"set": iso_time(to), "freeze": freeze})

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
        type = error.headers.get("x-amzn-errortype") or str(answer.get("__type", "")).rpartition("#")[2]
        message = str(answer.get("message") or answer.get("Message") or text)
    except (ValueError, AttributeError):
        answer, type, message = {}, "", text
    return CloudError(f"{type or error.code}: {message}", type, answer)


def _text_of_failures(failures: Sequence[Mapping[str, Any]]) -> str:
    lines = (line for failure in failures for line in _lines_of_failure(failure))
    return f"{len(failures)} failed in all attempts:\n" + "\n".join(lines)


def _lines_of_failure(failure: Mapping[str, Any]) -> Iterator[str]:
    """The error with its stack, the log lines and the payload, as far as the cloud has kept
    them."""
    for name in ("errorLine", "error", "log", "payload"):
        value = failure.get(name)
        if value:
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
            yield f"  {name}: " + text.rstrip().replace("\n", "\n    ")


def _clean_environment() -> Dict[str, str]:
    """The environment without an endpoint or a profile that somebody has configured for AWS."""
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_ENDPOINT_URL")}
