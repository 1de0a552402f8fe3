"""What the scripts share that drive a bus and functions: the standard library only."""
import base64
import io
import json
import os
import threading
import time
import zipfile

import dynamo

BUS = "dynamodb-log"
CONNECTIONS, PER_REQUEST = 4, 10


class Cloud(dynamo.Client):
    def events(self, operation, **body):
        return self.call(operation, body, "AWSEvents")

    def rest(self, method, path, body, expected):
        """Returns the status and the body of the answer; `expected`: statuses that are no error."""
        self.conn.close()  # it may have rested for minutes, and the cloud ends what rests
        self.conn.request(method, path, json.dumps(body), {"Content-Type": "application/json"})
        response = self.conn.getresponse()
        answer = response.read()
        if response.status not in expected:
            raise dynamo.ApiError(response.status, answer.decode("utf-8", "replace"))
        return response.status, json.loads(answer or b"null")

    def make_function(self, name, code, **more):
        """A function in Node.js whose code is one file. Returns its ARN."""
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as zipped:
            zipped.writestr("index.js", code)
        _, function = self.rest("POST", "/2015-03-31/functions", {
            "FunctionName": name, "Runtime": "nodejs20.x", "Handler": "index.handler",
            "Role": "arn:aws:iam::000000000000:role/bench",
            "Code": {"ZipFile": base64.b64encode(archive.getvalue()).decode()}, **more}, (201,))
        return function["FunctionArn"]

    def make_rule(self, name, pattern, target):
        """Returns its ARN."""
        arn = self.events("PutRule", Name=name, EventBusName=BUS, EventPattern=json.dumps(pattern))["RuleArn"]
        self.events("PutTargets", Rule=name, EventBusName=BUS, Targets=[{"Id": "target", "Arn": target}])
        return arn

    def wait_until_nothing_is_pending(self, seconds):
        """A move of the clock waits for what is due: deliveries, invocations, batches of mappings."""
        deadline = time.monotonic() + seconds
        while self.rest("POST", "/_local/clock", {"move": 1}, (200, 409))[0] != 200:
            if time.monotonic() > deadline:
                raise SystemExit("events are still pending after %.0f s" % seconds)
            time.sleep(0.05)


def put_events(endpoint, count, entry):
    """Puts entry(0), entry(1) … on the bus, ten a request over four connections."""
    share = -(-count // CONNECTIONS)
    failed = []

    def put(first, last):
        try:
            cloud = Cloud(endpoint)
            for number in range(first, last, PER_REQUEST):
                entries = [entry(n) for n in range(number, min(number + PER_REQUEST, last))]
                if cloud.events("PutEvents", Entries=entries)["FailedEntryCount"]:
                    raise SystemExit("PutEvents failed")
        except BaseException as error:  # raised again by the main thread
            failed.append(error)

    threads = [threading.Thread(target=put, args=(first, min(first + share, count)))
               for first in range(0, count, share)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


class Memory(threading.Thread):
    """The most memory since begin(), looked at twice a second, of the process BENCH_SERVER_PID."""

    def __init__(self):
        super().__init__(daemon=True)
        self.pid, self.cloud, self.all = int(os.environ.get("BENCH_SERVER_PID", "0")), 0.0, 0.0
        if self.pid:
            self.start()

    def run(self):
        while True:
            self.look()
            time.sleep(0.5)

    def look(self):
        try:
            self.cloud = max(self.cloud, dynamo.rss_mib(self.pid))
            self.all = max(self.all, dynamo.memory_mib(self.pid))
        except OSError:
            return

    def begin(self):
        self.cloud = self.all = 0.0

    def columns(self):
        """Of the cloud, and with its functions, as cells of a Markdown row."""
        if not self.pid:
            return "– | –"
        self.look()
        return "%.0f MiB | %.0f MiB" % (self.cloud, self.all)
