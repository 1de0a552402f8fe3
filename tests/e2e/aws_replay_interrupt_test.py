"""Ctrl-C at each moment of a replay from AWS: nothing temporary is left there."""
import contextlib
import http.server
import json
import signal
import threading
import urllib.error
import urllib.request

import pytest

from cloud import BUS, eventually, records
from two_clouds import Aws, local_cloud

NOTHING = ([], [], [])
NO_POLICY, RUNS_ON = "the policy that does not come", "the archive that is slow"


@pytest.fixture(scope="module")
def aws(folder):
    with Aws(folder / "aws") as running:
        running.append_users(3, 2)
        yield running


@pytest.fixture(scope="module")
def local(folder):
    with local_cloud(folder / "local") as running:
        yield running


class Interrupting(http.server.BaseHTTPRequestHandler):
    """Passes requests on to the cloud that plays AWS. Before the chosen one, the user presses Ctrl-C."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        operation = self.headers["X-Amz-Target"].split(".")[-1]
        status, answer = 200, self.answer_of_slow_aws(operation, json.loads(body))
        if answer is None:
            self.press_at(operation, 1)
            status, answer = self.passed_on(body)
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def answer_of_slow_aws(self, operation, request):
        if self.server.moment == NO_POLICY and request.get("AttributeNames") == ["Policy"]:
            self.press_at(operation, 2, NO_POLICY)
            return b"{}"
        if self.server.moment == RUNS_ON and operation in ("ReceiveMessage", "DescribeReplay"):
            self.press_at(operation, 2, RUNS_ON)
            return b"{}" if operation == "ReceiveMessage" else b'{"State": "RUNNING"}'
        return None

    def press_at(self, operation, number, moment=None):
        if self.server.moment != (moment or operation):
            return
        self.server.seen += 1
        if self.server.seen == number:
            self.server.replay_is_known.wait()
            self.server.replay.send_signal(self.server.signal)

    def passed_on(self, body):
        headers = {name: value for name, value in self.headers.items() if name not in ("Content-Length", "Host")}
        try:
            answer = urllib.request.urlopen(urllib.request.Request(self.server.aws, body, headers), timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return answer.status, answer.read()

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def interrupting(aws, moment, number=signal.SIGINT):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Interrupting)
    server.aws, server.moment, server.seen = aws.url, moment, 0
    server.replay, server.replay_is_known, server.signal = None, threading.Event(), number
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("moment", [
    "CreateQueue", "GetQueueAttributes", "PutRule", "SetQueueAttributes", NO_POLICY, "PutTargets", "StartReplay",
    RUNS_ON, "ReceiveMessage", "DeleteMessageBatch", "DescribeReplay"])
def test_ctrl_c_leaves_nothing_in_aws(aws, local, moment):
    check_that_nothing_is_left(aws, local, moment, signal.SIGINT)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_the_end_of_the_terminal_or_of_a_job_leaves_nothing_either(aws, local, number):
    before = signal.signal(number, signal.SIG_DFL)  # what these tests ignore (nohup), the command would ignore, too
    try:
        check_that_nothing_is_left(aws, local, RUNS_ON, number)
    finally:
        signal.signal(number, before)


def check_that_nothing_is_left(aws, local, moment, number):
    invoked = len(records(aws.records, "attempts"))
    with interrupting(aws, moment, number) as server:
        url = "http://127.0.0.1:%d" % server.server_port
        replay = aws.popen_replay(local, "--source", "aws", "--archive", "log", "--target", "table",
                                  AWS_ENDPOINT_URL_SQS=url, AWS_ENDPOINT_URL_EVENTBRIDGE=url)
        server.replay = replay
        server.replay_is_known.set()
        _, error = replay.communicate(timeout=120)
    assert replay.returncode == 1 and "the replay was cancelled after" in error, error
    eventually(lambda: aws.left_behind() == NOTHING, "nothing is left", 60)
    assert len(records(aws.records, "attempts")) == invoked


def test_ctrl_c_cancels_a_replay_in_aws_that_is_just_starting(aws, local):
    rule = aws.client("events").list_rules(EventBusName=BUS)["Rules"][0]["Name"]
    with interrupting(aws, "StartReplay") as server:
        replay = aws.popen("replay", "--stage", "dev", "--source", "aws", "--archive", "log", "--target", "aws-bus",
                           "--rule", rule, "--name", "started",
                           AWS_ENDPOINT_URL_EVENTBRIDGE="http://127.0.0.1:%d" % server.server_port)
        server.replay = replay
        server.replay_is_known.set()
        output, error = replay.communicate(timeout=120)
    ended = aws.client("events").describe_replay(ReplayName="started")["State"]
    assert ended in ("CANCELLED", "COMPLETED"), error  # it may be faster than the cancellation
    assert "started" in output and replay.returncode == (1 if ended == "CANCELLED" else 0), (output, error)
