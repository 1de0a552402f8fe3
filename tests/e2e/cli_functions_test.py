"""Functions and queues by the AWS CLI: a function from a zip archive, and a queue that feeds it."""
import json
import zipfile

import pytest

from cloud import Cloud, eventually

ROLE = "arn:aws:iam::000000000000:role/lambda"


@pytest.fixture
def cloud(folder):
    with Cloud(folder) as running:
        yield running


def archive(folder, name, code):
    path = folder / (name + ".zip")
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr("index.py", code)
    return "fileb://%s" % path


def test_a_function_from_a_zip_is_fed_by_a_queue(cloud, folder):
    code = archive(folder, "first", "def handler(event, context):\n"
                                    "    for record in event.get('Records', []):\n"
                                    "        print('handled', record['body'])\n"
                                    "    return len(event.get('Records', []))\n")
    made = cloud.aws_json("lambda", "create-function", "--function-name", "orders", "--runtime", "python3.11", "--role", ROLE,
                          "--handler", "index.handler", "--zip-file", code, "--timeout", "20")
    assert (made["State"], made["MemorySize"]) == ("Active", 128)
    cloud.aws("lambda", "wait", "function-active-v2", "--function-name", "orders")
    answer = cloud.aws_json("lambda", "invoke", "--function-name", "orders", "--log-type", "Tail", str(folder / "answer"))
    assert answer["StatusCode"] == 200 and answer["LogResult"]
    assert (folder / "answer").read_text() == "0"

    url = cloud.aws_json("sqs", "create-queue", "--queue-name", "orders")["QueueUrl"]
    arn = "arn:aws:sqs:us-east-1:000000000000:orders"
    uuid = cloud.aws_json("lambda", "create-event-source-mapping", "--function-name", "orders", "--event-source-arn", arn,
                          "--batch-size", "5")["UUID"]
    eventually(lambda: cloud.aws_json("lambda", "get-event-source-mapping", "--uuid", uuid)["State"] == "Enabled")
    cloud.aws("sqs", "send-message", "--queue-url", url, "--message-body", "order 1")
    eventually(lambda: "orders: handled order 1\n" in cloud.output(), "the message is handled")

    changed = archive(folder, "second", "def handler(event, context):\n    print('changed', event['Records'][0]['body'])\n")
    cloud.aws("lambda", "update-function-code", "--function-name", "orders", "--zip-file", changed)
    cloud.aws("sqs", "send-message", "--queue-url", url, "--message-body", "order 2")
    eventually(lambda: "orders: changed order 2\n" in cloud.output(), "new code handles the next one")

    def left():
        attributes = cloud.aws_json("sqs", "get-queue-attributes", "--queue-url", url, "--attribute-names", "All")["Attributes"]
        return json.loads(attributes["ApproximateNumberOfMessages"]) + json.loads(
            attributes["ApproximateNumberOfMessagesNotVisible"])

    eventually(lambda: left() == 0, "what is handled is removed")
    cloud.aws("lambda", "delete-function", "--function-name", "orders")
    missing = cloud.aws("lambda", "get-function", "--function-name", "orders", check=False)
    assert "ResourceNotFoundException" in missing.stderr
