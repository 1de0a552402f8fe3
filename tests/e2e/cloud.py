"""The offline cloud, started from the real binary, and the real clients of it.

    with Cloud(folder, template=FUNCTIONS) as cloud:
        cloud.client("dynamodb").list_tables()
        cloud.aws("dynamodb", "list-tables")

The binary's path comes by DYNAMODB_LOG, by default build/release/dynamodb-log. Nothing here sleeps for a fixed time: what
takes time is polled until a deadline (`eventually`), and the cloud's clock is moved (`move_clock`).
"""
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request

import boto3
import botocore.config

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("DYNAMODB_LOG") or ROOT / "build/release/dynamodb-log").resolve()
APPS = pathlib.Path(__file__).resolve().parent / "apps"
USERS = ROOT / "examples/users"

REGION = "us-east-1"
LOG_TABLE, CORE_TABLE, BUS = "local-dynamodb-logs", "local-core", "dynamodb-log"
READY_SECONDS = 20  # generous: a busy machine; how fast it really is, bench/ measures

clouds = []  # all that were started, so that a test that fails can show what they wrote (conftest.py)


class NotReady(Exception):
    """The cloud ended instead of listening; what it wrote is the message."""

    def __init__(self, status, output):
        super().__init__("exit status %s:\n%s" % (status, output))
        self.status, self.output = status, output


def eventually(check, what="it happens", seconds=20):
    """Polls until check() is true (not None, not empty) and returns that; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = check()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError("not within %s s: %s (last: %r)" % (seconds, what, value))
        time.sleep(0.01)


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def clean_environment(extra=None):
    """The environment without anything that the person who runs the tests has configured of AWS."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "DYNAMODB_LOG"))}
    environment.update({
        "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION, "AWS_PAGER": "", "NO_COLOR": "1",
        # The Python functions of the example find boto3 where these tests find it.
        "PATH": "%s:%s" % (pathlib.Path(sys.executable).parent, os.environ.get("PATH", os.defpath)),
    })
    environment.update(extra or {})
    return environment


def run(*arguments, environment=None, check=True, stdin=None, cwd=None, seconds=60):
    """Runs a program to its end; its exit status must be 0, or is looked at by the caller (check=False)."""
    done = subprocess.run([str(one) for one in arguments], env=clean_environment(environment), input=stdin, cwd=cwd,
                          capture_output=True, text=True, timeout=seconds, stdin=subprocess.DEVNULL if stdin is None else None)
    if check and done.returncode != 0:
        raise AssertionError("%s: exit status %s\n%s%s" % (arguments, done.returncode, done.stdout, done.stderr))
    return done


def app(name, folder, **values):
    """A copy of tests/e2e/apps/<name> in `folder`, with @NAME@ in its template replaced; returns the template's path."""
    target = pathlib.Path(folder) / name
    if not target.exists():
        shutil.copytree(APPS / name, target)
    template = target / "template.yaml"
    text = (APPS / name / "template.yaml").read_text()
    for key, value in dict(values, FOLDER=target).items():
        text = text.replace("@%s@" % key, str(value))
    template.write_text(text)
    return template


def parents():
    """{pid: parent's pid} of all processes."""
    result = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open("/proc/%s/stat" % entry) as stat:
                    fields = stat.read().rsplit(")", 1)[1].split()
                if fields[0] != "Z":
                    result[int(entry)] = int(fields[1])
            except OSError:
                continue
    return result


def alive(pid):
    try:
        with open("/proc/%d/stat" % pid) as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


class Cloud:
    def __init__(self, folder, template=None, arguments=(), environment=None, data="data", in_memory=False,
                 retry_delay_ms=20):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.template = template
        self.arguments = [str(one) for one in arguments]
        self.environment = environment
        self.data = None if in_memory else self.folder / data
        self.retry_delay_ms = retry_delay_ms
        self.log = self.folder / "output.log"
        self.process = None
        self.port, self.events_port = free_ports(2)
        self.url, self.events_url = ("http://127.0.0.1:%d" % port for port in (self.port, self.events_port))

    # --- life ---

    def command(self):
        command = [str(BINARY), "offline", "--port", str(self.port), "--port", str(self.events_port)]
        if self.template:
            command += ["--template", str(self.template)]
        command += ["--data", str(self.data)] if self.data else ["--in-memory"]
        return command + ["--retry-delay-ms", str(self.retry_delay_ms)] + self.arguments

    def start(self, **popen):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command(), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, env=clean_environment(self.environment), **popen)
        clouds.append(self)
        eventually(self._answers, "the cloud listens on both ports", READY_SECONDS)
        return self

    def _answers(self):
        if self.process.poll() is not None:
            raise NotReady(self.process.returncode, self.output())
        try:
            for url in (self.url, self.events_url):
                urllib.request.urlopen(url, timeout=5).close()
            return True
        except OSError:
            return False

    def stop(self, by=signal.SIGTERM):
        """Stops it as a person does: exit status 0, in bounded time, no child left behind."""
        process, children = self.process, self.children()
        self.process = None
        process.send_signal(by)
        try:
            status = process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError("did not stop within 20 s after signal %s\n%s" % (by, self.output()))
        assert status == 0, "exit status %s\n%s" % (status, self.output())
        eventually(lambda: not [pid for pid in children if alive(pid)], "no function process is left")

    def kill(self):
        """kill -9. Function processes end by themselves."""
        process, children = self.process, self.children()
        self.process = None
        process.kill()
        process.wait()
        eventually(lambda: not [pid for pid in children if alive(pid)], "no function process is left")

    def restart(self):
        self.stop()
        return self.start()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.process:
            self.stop()

    # --- what it is doing ---

    def output(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def children(self):
        """The pids of all descendants: function processes."""
        tree, found, todo = parents(), [], [self.process.pid]
        while todo:
            parent = todo.pop()
            own = [pid for pid, above in tree.items() if above == parent]
            found += own
            todo += own
        return found

    def children_with(self, word):
        """The function processes whose command line or function name has `word` in it."""
        found = []
        for pid in self.children():
            try:
                command = pathlib.Path("/proc/%d/cmdline" % pid).read_bytes()
                text = command + pathlib.Path("/proc/%d/environ" % pid).read_bytes()
            except OSError:
                continue
            if word.encode() in text and not command.startswith(b"dynamodb-log\0reap\0"):
                found.append(pid)
        return found

    def answers(self):
        """Whether it still does what it is for."""
        return self.process.poll() is None and "TableNames" in self.call("ListTables", {})

    # --- clients ---

    def client(self, service, **config):
        config = dict({"retries": {"max_attempts": 1, "mode": "standard"}, "read_timeout": 30, "connect_timeout": 5}, **config)
        return boto3.client(service, endpoint_url=self.url, region_name=REGION, aws_access_key_id="local",
                            aws_secret_access_key="local", config=botocore.config.Config(**config))

    def environment_of_clients(self):
        return {"AWS_ENDPOINT_URL": self.url}

    def aws(self, *arguments, check=True, url=None):
        """The AWS CLI, of the same virtual environment as this test."""
        return run(pathlib.Path(sys.executable).parent / "aws", *arguments, "--endpoint-url", url or self.url,
                   "--output", "json", check=check)

    def aws_json(self, *arguments, url=None):
        text = self.aws(*arguments, url=url).stdout
        return json.loads(text) if text.strip() else None

    def ddblog(self, *arguments, check=True, environment=None, stdin=None, cwd=None):
        """A subcommand of the binary, which finds this cloud by AWS_ENDPOINT_URL."""
        return run(BINARY, *arguments, check=check, stdin=stdin, cwd=cwd or self.folder,
                   environment=self.environment_of_clients() if environment is None else environment)

    def popen(self, *arguments, **environment):
        """The same, still running."""
        return subprocess.Popen([str(one) for one in (BINARY, *arguments)], cwd=self.folder, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env=clean_environment(dict(self.environment_of_clients(), **environment)))

    @contextlib.contextmanager
    def following(self, *arguments):
        """The same, until the end of the block: a subcommand that goes on until Ctrl-C."""
        process = self.popen(*arguments)
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    def call(self, operation, request, prefix="DynamoDB_20120810"):
        return Wire(self.url).call(operation, request, prefix)

    def move_clock(self, milliseconds, **more):
        request = urllib.request.Request(self.url + "/_local/clock", json.dumps(dict(more, move=milliseconds)).encode(),
                                         {"Content-Type": "application/json"}, method="POST")
        return urllib.request.urlopen(request, timeout=10).read()

    def local(self, method, path, body=None, seconds=30):
        """A request to the cloud's own routes below /_local: (status, answer)."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + "/_local/" + path, data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=seconds) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read())

    def settle(self, **request):
        """The answer when everything is done; fails with what is not."""
        status, answer = self.local("POST", "settle", dict({"timeout": 60_000}, **request), seconds=90)
        assert status == 200, answer
        return answer

    def reset(self, **request):
        status, answer = self.local("POST", "reset", request)
        assert status == 200, answer
        return answer

    # --- the application ---

    def append(self, id, version, type="signup", log="users", **payload):
        """One event by conditional PutItem; payload: DynamoDB's own JSON."""
        self.call("PutItem", event_put(id, version, type, log, **payload))

    def read_model(self, id):
        pk = {"S": "users#" + id}
        return self.call("GetItem", {"TableName": CORE_TABLE, "Key": {"pk": pk, "sk": pk}, "ConsistentRead": True}).get("Item")

    def wait_for_version(self, id, version, seconds=30):
        def there():
            item = self.read_model(id)
            return item if item and item.get("version") == {"N": str(version)} else None
        return eventually(there, "the read model of %s is at version %d" % (id, version), seconds)

    def archive(self):
        """The archived events, parsed, in the order of the file; numbers as text."""
        connection = sqlite3.connect("file:%s?mode=ro" % (self.data / "archive.sqlite"), uri=True, timeout=10)
        try:
            rows = connection.execute("select createdAt, log, type, event from events order by rowid").fetchall()
        finally:
            connection.close()
        return [(created, log, type, json.loads(event, parse_float=str, parse_int=str)) for created, log, type, event in rows]

    def archived_keys(self):
        """(pk, sk) of every archived event, as often as it is there."""
        return [(event["detail"]["key"]["pk"], int(event["detail"]["key"]["sk"])) for *_, event in self.archive()
                if "key" in event["detail"]]


def event_put(id, version, type="signup", log="users", **payload):
    if type == "signup" and not payload:
        payload = {"name": {"S": "Name of " + id}, "email": {"S": id + "@example.com"}}
    item = {"pk": {"S": "%s#%s#stream" % (log, id)}, "sk": {"N": str(version)}, "type": {"S": type}, "log": {"S": log},
            "payload": {"M": dict(payload, id={"S": id})}}
    return {"TableName": LOG_TABLE, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}


class Refused(Exception):
    def __init__(self, status, type, message):
        super().__init__("%s %s: %s" % (status, type, message))
        self.status, self.type, self.message = status, type, message


# What a signed request looks like; without configured access keys, nobody looks at the signature itself.
SIGNED = {"X-Amz-Date": "20260101T000000Z",
          "Authorization": "AWS4-HMAC-SHA256 Credential=local/20260101/%s/dynamodb/aws4_request, SignedHeaders=host, "
                           "Signature=0" % REGION}


class Wire:
    """The AWS JSON protocol over one kept-alive connection, without an SDK: fast, and fails at once."""

    def __init__(self, url, timeout=30):
        host, port = url.removeprefix("http://").rsplit(":", 1)
        self.connection = http.client.HTTPConnection(host, int(port), timeout=timeout)

    def call(self, operation, request, prefix="DynamoDB_20120810"):
        self.connection.request("POST", "/", json.dumps(request), dict(SIGNED, **{
            "X-Amz-Target": prefix + "." + operation, "Content-Type": "application/x-amz-json-1.0"}))
        response = self.connection.getresponse()
        body = response.read()
        answer = json.loads(body) if body else {}
        if response.status != 200:
            raise Refused(response.status, answer.get("__type", "").split("#")[-1],
                          answer.get("message") or answer.get("Message"))
        return answer

    def close(self):
        self.connection.close()


def records(folder, name):
    """What a function of the test applications has recorded (apps/: a line of JSON each)."""
    file = pathlib.Path(folder) / (name + ".jsonl")
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text().splitlines() if line.endswith("}")]
