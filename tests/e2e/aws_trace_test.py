"""`trace --stage` of a stage in AWS, which an offline cloud plays behind a server that has CloudWatch Logs, and no /_local."""
import contextlib
import http.server
import json
import threading
import urllib.error
import urllib.request

import pytest

from cloud import BINARY, run
from trace_test import nodes
from two_clouds import TABLE, Aws, item

QUEUE = "failed"
REQUEST = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"


class AsAws(http.server.BaseHTTPRequestHandler):
    """Passes requests on to the cloud, and answers for CloudWatch Logs."""

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.startswith("/_local"):
            return self.answer(404, b"{}")
        if self.headers.get("X-Amz-Target", "").startswith("Logs_"):
            return self.answer(200, json.dumps(self.server.logs(json.loads(body))).encode())
        headers = {name: value for name, value in self.headers.items() if name not in ("Content-Length", "Host")}
        request = urllib.request.Request(self.server.cloud + self.path, body or None, headers, method=self.command)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                self.answer(answer.status, answer.read())
        except urllib.error.HTTPError as error:
            self.answer(error.code, error.read())

    do_GET = do_POST = handle_any

    def answer(self, status, text):
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def as_aws(cloud, logs):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), AsAws)
    server.cloud, server.logs = cloud.url, logs
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield "http://127.0.0.1:%d" % server.server_port
    finally:
        server.shutdown()
        server.server_close()


def no_logs(request):
    return {"events": []}


def handler_logs(request):
    """The handler has logged one request, which names the stream."""
    if request["logGroupName"] != "/aws/lambda/handler":
        return {"events": []}
    lines = ["[ERROR]\t2026-11-22T09:00:02Z\t%s\tusers#poison1#stream: cannot handle it" % REQUEST,
             "REPORT RequestId: %s\tDuration: 12.34 ms\tBilled Duration: 13 ms\t" % REQUEST]
    texts = request["filterPattern"].split('"')[1::2]
    shown = [line for line in lines if any(text in line for text in texts)]
    return {"events": [{"eventId": str(n), "timestamp": request["startTime"] + n, "message": line + "\n",
                        "logStreamName": "s"} for n, line in enumerate(shown)]}


@pytest.fixture(scope="module")
def aws(folder):
    with Aws(folder / "aws") as cloud:
        queue = cloud.client("sqs").create_queue(QueueName=QUEUE)["QueueUrl"]
        arn = cloud.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        cloud.client("lambda").put_function_event_invoke_config(
            FunctionName="handler", MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": arn}})
        for version in (1, 2, 3):
            cloud.client("dynamodb").put_item(TableName=TABLE, Item=item("poison1", version, "2026-11-22T09:00:0%d.000Z" % version))
        cloud.ddblog("settle", "--timeout", "120", check=False)
        yield cloud


def trace(aws, *arguments, logs=no_logs, check=True):
    with as_aws(aws, logs) as url:
        return run(BINARY, "trace", *arguments, "--stage", "dev", "--endpoint-url", url, check=check, cwd=aws.folder)


def one_line(done):
    assert done.stdout == "" and len(done.stderr.splitlines()) == 1, done
    return done.stderr


def test_shows_what_can_be_known(aws):
    shown = json.loads(trace(aws, "users", "poison1", "2", "-o", "json", logs=handler_logs).stdout)
    assert shown["event"] == {"log": "users", "id": "poison1", "version": 2}
    assert [one["version"] for one in shown["neighbours"]] == [1, 3]
    source, event = next(nodes(shown, "source")), next(nodes(shown, "event"))
    assert (source["function"], source["state"]) == ("trigger", "Enabled") and event["bus"] == "dynamodb-log"
    targets = [node["target"].split(":")[-1] for node in nodes(event, "target")]
    assert "handler" in targets
    attempt = next(nodes(event, "attempt"))
    assert (attempt["function"], attempt["requestId"], attempt["durationMs"]) == ("handler", REQUEST, 12)
    assert attempt["result"] == "failure" and "cannot handle it" in attempt["log"][0]
    kept = {node["archive"]: node["matches"] for node in nodes(event, "archive")}
    assert kept == {"log": True, "signups": False}
    unknown = "\n".join(shown["unknown"])
    assert "--queues looks" in unknown and "AWS does not record it" in unknown
    assert "The read model: ResourceNotFoundException" in unknown  # this stage has no such table


def test_finds_the_event_in_a_queue_of_failures_and_leaves_it_there(aws):
    shown = json.loads(trace(aws, "users", "poison1", "2", "-o", "json", "--queues").stdout)
    messages = list(nodes(shown, "message"))
    assert len(messages) == 1 and messages[0]["what"].startswith("RetriesExhausted: ValueError")
    sqs = aws.client("sqs")
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert int(counts["ApproximateNumberOfMessages"]) + int(counts["ApproximateNumberOfMessagesNotVisible"]) == 3


def test_is_drawn_as_a_tree(aws):
    lines = trace(aws, "users", "poison1", "2").stdout.splitlines()
    assert lines[0] == "users poison1 version 2: changed, appended 2026-11-22T09:00:02.000Z"
    assert any("archive log keeps such events" in line for line in lines)
    assert any(line.startswith("? ") for line in lines)


def test_what_is_not_there_is_said(aws):
    done = trace(aws, "users", "poison1", "9", check=False)
    assert done.returncode == 1 and "the stream ends at version 3" in one_line(done)
    done = trace(aws, "users", "poison1", "2", "--window", "soon", check=False)
    assert done.returncode == 2 and "--window must be a duration" in one_line(done)
    done = trace(aws, "users", "poison1", "2", "--event-bus", "absent", "-o", "json")
    assert any("The rules of the bus absent: ResourceNotFoundException" in line for line in json.loads(done.stdout)["unknown"])


def test_logs_without_an_end_do_not_hide_the_rest(aws):
    shown = json.loads(trace(aws, "users", "poison1", "2", "-o", "json",
                             logs=lambda request: {"events": [], "nextToken": "again"}).stdout)
    assert any(line.startswith("The log of the function handler: The list of lines") for line in shown["unknown"])
    assert next(nodes(shown, "archive"))


def test_a_stage_of_an_offline_cloud_traces_itself(aws):
    shown = json.loads(aws.ddblog("trace", "users", "poison1", "1", "--stage", "dev", "-o", "json").stdout)
    assert "unknown" not in shown and next(nodes(shown, "batch"))["function"] == "trigger"
