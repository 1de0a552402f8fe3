"""The tables of one test, and clients that misbehave."""

import datetime
import threading
import time
import uuid

import botocore.exceptions

import case_applications
from dynamodb_log import EventLog, log_table_name, read_model_table_name
from dynamodb_log.attributes import from_item, to_item


class Tables:
    def __init__(self, cloud, stage):
        self.cloud, self.stage = cloud, stage
        self.client = cloud.client("dynamodb")
        self.log_table, self.core_table = log_table_name(stage), read_model_table_name(stage)
        stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
        self._create(self.log_table, "N", StreamSpecification=stream)
        self._create(self.core_table, "S")

    def _create(self, name, kind_of_sk, **more):
        self.client.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": kind_of_sk},
            ],
            **more,
        )
        self.client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})

    def new_log(self, client=None, **options):
        """An event log that has seen nothing yet. It never pauses for real."""
        options.setdefault("environment", FakeEnvironment())
        options.setdefault("streams", lambda: self.cloud.client("dynamodbstreams"))
        return EventLog(client or self.client, self.log_table, **options)

    def new_log_of(self, schema):
        """The event log of a case, with its codec and upcasters (clients/cases)."""
        return self.new_log(**case_applications.options_of(schema))

    def decide(self, log, argument):
        """The decision of a case."""
        return case_applications.decide(log, argument, self.new_log())

    def read_model(self, key):
        item = self.client.get_item(TableName=self.core_table, Key=to_item({"pk": key, "sk": key}))["Item"]
        return from_item(item)

    def versions(self, id):
        return [event.version for event in self.new_log().read("users", id)]


class FakeEnvironment:
    """Time that only pauses move. A pause may call `during_pause` first."""

    def __init__(self):
        self.seconds = time.time()
        self.pauses = []
        self.during_pause = None

    def now(self):
        return datetime.datetime.fromtimestamp(self.seconds, datetime.timezone.utc)

    def monotonic(self):
        return self.seconds

    def sleep(self, seconds):
        if self.during_pause:
            self.during_pause()
        self.pauses.append(seconds)
        self.seconds += seconds

    def wait(self, stop: threading.Event, seconds):
        if not stop.is_set():
            self.sleep(seconds)
        return stop.is_set()

    def uniform(self, least, most):
        return most

    def uuid(self):
        return str(uuid.uuid4())


class Misbehaving:
    """A client whose calls of one operation run through `calls`, one function each, which get the
    real operation. When there are no more, it is the real one."""

    def __init__(self, client, operation, *calls):
        self._client, self._operation, self._calls = client, operation, list(calls)
        self.requests = []

    def __getattr__(self, name):
        real = getattr(self._client, name)
        if name != self._operation:
            return real

        def call(**request):
            self.requests.append(request)
            return self._calls.pop(0)(real, request) if self._calls else real(**request)

        return call


def answer_lost(real, request):
    real(**request)
    raise botocore.exceptions.EndpointConnectionError(endpoint_url="http://lost")


def not_sent(real, request):
    raise botocore.exceptions.EndpointConnectionError(endpoint_url="http://lost")


def service_error(code, status=400, **members):
    def call(real, request):
        answer = {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": status}, **members}
        raise botocore.exceptions.ClientError(answer, "Operation")

    return call


def after(action):
    """First the action, such as another writer's append, then the operation."""

    def call(real, request):
        action()
        return real(**request)

    return call
