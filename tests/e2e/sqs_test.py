"""Queues with real clients: boto3 and the AWS CLI in the JSON protocol, and the query protocol of older SDKs by hand."""
import http.client
import json
import threading
import urllib.parse
import xml.etree.ElementTree

import boto3
import botocore.exceptions
import pytest

from cloud import REGION, Cloud, eventually

NAMESPACE = "{http://queue.amazonaws.com/doc/2012-11-05/}"


@pytest.fixture(scope="module")
def cloud(folder):
    with Cloud(folder) as running:
        yield running


@pytest.fixture
def sqs(cloud):
    return cloud.client("sqs")


def bodies(answer):
    return [message["Body"] for message in answer.get("Messages", [])]


def test_boto3_sends_receives_and_deletes(sqs):
    url = sqs.create_queue(QueueName="orders", tags={"team": "a"})["QueueUrl"]
    assert url.endswith("/000000000000/orders")
    # botocore checks the MD5s of bodies and attributes by itself.
    sent = sqs.send_message(QueueUrl=url, MessageBody="åäö 🎈", MessageAttributes={
        "n": {"DataType": "Number", "StringValue": "1"}, "b": {"DataType": "Binary", "BinaryValue": b"\x00\xff"}})
    message = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"], AttributeNames=["All"])["Messages"][0]
    assert message["MessageId"] == sent["MessageId"]
    assert message["Body"] == "åäö 🎈"
    assert message["MessageAttributes"]["b"]["BinaryValue"] == b"\x00\xff"
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages",
                                                                    "ApproximateNumberOfMessagesNotVisible"])
    assert set(counts["Attributes"].values()) == {"0"}
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"team": "a"}


def test_an_error_has_its_code_in_both_forms(sqs):
    with pytest.raises(sqs.exceptions.QueueDoesNotExist) as refused:
        sqs.get_queue_url(QueueName="nobody")
    error = refused.value.response["Error"]
    assert error["Code"] == "AWS.SimpleQueueService.NonExistentQueue"
    assert error["QueryErrorCode"] == "QueueDoesNotExist"
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        sqs.receive_message(QueueUrl="http://x/0/nobody", MaxNumberOfMessages=11)
    assert refused.value.response["Error"]["Code"] == "InvalidParameterValue"


def test_a_large_message(sqs):
    url = sqs.create_queue(QueueName="large")["QueueUrl"]
    body = "x" * 1_048_576
    sqs.send_message(QueueUrl=url, MessageBody=body)
    assert bodies(sqs.receive_message(QueueUrl=url)) == [body]
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        sqs.send_message(QueueUrl=url, MessageBody=body + "x")
    assert refused.value.response["Error"]["Message"].endswith("Message must be shorter than 1048576 bytes.")


def test_a_long_poll_ends_with_the_message(cloud, sqs):
    url = sqs.create_queue(QueueName="polled")["QueueUrl"]
    answers = []
    poll = threading.Thread(target=lambda: answers.append(
        cloud.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=20)))
    poll.start()
    # Whether the poll comes before the message or after it: it gets the message, and does not wait for its 20 s.
    sqs.send_message(QueueUrl=url, MessageBody="woken")
    poll.join(timeout=15)
    assert not poll.is_alive()
    assert bodies(answers[0]) == ["woken"]


def test_a_long_poll_ends_with_its_time(cloud, sqs):
    url = sqs.create_queue(QueueName="empty", Attributes={"ReceiveMessageWaitTimeSeconds": "1"})["QueueUrl"]
    assert bodies(sqs.receive_message(QueueUrl=url)) == []


def test_fifo_keeps_the_order_of_a_group(sqs):
    url = sqs.create_queue(QueueName="ordered.fifo", Attributes={"FifoQueue": "true", "ContentBasedDeduplication": "true"})["QueueUrl"]
    entries = [{"Id": str(n), "MessageBody": "%s%d" % (group, n), "MessageGroupId": group} for n in range(5) for group in "ab"]
    for entry, number in zip(entries, range(10)):
        entry["Id"] = str(number)
    assert len(sqs.send_message_batch(QueueUrl=url, Entries=entries)["Successful"]) == 10
    assert len(sqs.send_message_batch(QueueUrl=url, Entries=entries)["Successful"]) == 10  # duplicates: not sent
    seen = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=3).get("Messages"):
        seen += [message["Body"] for message in messages]
        sqs.delete_message_batch(QueueUrl=url, Entries=[{"Id": str(n), "ReceiptHandle": message["ReceiptHandle"]}
                                                        for n, message in enumerate(messages)])
    assert [body for body in seen if body[0] == "a"] == ["a0", "a1", "a2", "a3", "a4"]
    assert [body for body in seen if body[0] == "b"] == ["b0", "b1", "b2", "b3", "b4"]


def test_the_aws_cli(cloud):
    url = cloud.aws_json("sqs", "create-queue", "--queue-name", "by-cli")["QueueUrl"]
    assert url in cloud.aws_json("sqs", "list-queues", "--queue-name-prefix", "by-")["QueueUrls"]
    cloud.aws("sqs", "send-message", "--queue-url", url, "--message-body", "hello")
    message = cloud.aws_json("sqs", "receive-message", "--queue-url", url)["Messages"][0]
    assert message["Body"] == "hello"
    cloud.aws("sqs", "delete-message", "--queue-url", url, "--receipt-handle", message["ReceiptHandle"])
    assert cloud.aws_json("sqs", "receive-message", "--queue-url", url) is None
    cloud.aws("sqs", "delete-queue", "--queue-url", url)
    refused = cloud.aws("sqs", "send-message", "--queue-url", url, "--message-body", "hello", check=False)
    assert "AWS.SimpleQueueService.NonExistentQueue" in refused.stderr


class QueryClient:
    """The query protocol, as SDKs spoke it until 2023."""

    def __init__(self, cloud):
        self.connection = http.client.HTTPConnection("localhost", cloud.port, timeout=30)

    def call(self, action, path="/", **parameters):
        form = urllib.parse.urlencode(dict(parameters, Action=action, Version="2012-11-05"))
        self.connection.request("POST", path, form, {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"})
        response = self.connection.getresponse()
        assert response.headers["Content-Type"] == "text/xml"
        return response.status, xml.etree.ElementTree.fromstring(response.read())


def text(tree, name):
    return tree.find(".//" + NAMESPACE + name).text


def test_the_query_protocol(cloud):
    client = QueryClient(cloud)
    status, made = client.call("CreateQueue", QueueName="by-form")
    assert status == 200
    url = text(made, "QueueUrl")
    assert url == "http://localhost:%d/000000000000/by-form" % cloud.port  # the host that this client uses
    path = urllib.parse.urlparse(url).path
    _, sent = client.call("SendMessage", path, MessageBody="<a> & \"b\"\n+ ü")
    _, received = client.call("ReceiveMessage", path, **{"AttributeName.1": "All"})
    assert text(received, "MessageId") == text(sent, "MessageId")
    assert text(received, "Body") == "<a> & \"b\"\n+ ü"
    assert client.call("DeleteMessage", path, ReceiptHandle=text(received, "ReceiptHandle"))[0] == 200
    status, error = client.call("GetQueueUrl", QueueName="nobody")
    assert status == 400
    assert text(error, "Code") == "AWS.SimpleQueueService.NonExistentQueue"
    assert text(error, "RequestId")


def test_messages_in_flight_survive_a_kill(tmp_path):
    cloud = Cloud(tmp_path)
    cloud.start()
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="durable")["QueueUrl"]
    for number in range(20):
        sqs.send_message(QueueUrl=url, MessageBody=str(number))
    received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=600)["Messages"]
    assert len(received) == 10
    sqs.delete_message(QueueUrl=url, ReceiptHandle=received[0]["ReceiptHandle"])
    cloud.kill()
    cloud.start()
    in_flight = {message["Body"] for message in received[1:]}
    rest = set()
    while found := bodies(sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=43200)):
        rest.update(found)
    assert rest == {str(number) for number in range(10, 20)}  # those in flight are not visible
    sqs.delete_message(QueueUrl=url, ReceiptHandle=received[1]["ReceiptHandle"])
    in_flight.remove(received[1]["Body"])
    # The running time may have gone back by a minute (docs/adr/0021-running-time.md).
    cloud.move_clock(700_000)
    again = set()
    eventually(lambda: again.update(bodies(sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=43200)))
               or again >= in_flight, "what was in flight is visible again")
    assert again == in_flight
    cloud.stop()


def test_a_rule_delivers_to_a_queue_that_allows_it(cloud, sqs):
    events = cloud.client("events")
    url = sqs.create_queue(QueueName="events")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    rule = events.put_rule(Name="to-queue", EventPattern=json.dumps({"source": ["e2e"]}))["RuleArn"]
    events.put_targets(Rule="to-queue", Targets=[{"Id": "q", "Arn": arn}])

    def put(number):
        events.put_events(Entries=[{"Source": "e2e", "DetailType": "t", "Detail": json.dumps({"n": number})}])

    put(1)
    eventually(lambda: "the policy of the queue events does not allow events.amazonaws.com" in cloud.output(),
               "the log says what the policy lacks")
    assert bodies(sqs.receive_message(QueueUrl=url)) == []
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps({"Statement": [{
        "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule}}}]})})
    put(2)
    received = bodies(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20))
    assert [json.loads(body)["detail"] for body in received] == [{"n": 2}]


def test_signatures_are_checked_in_both_protocols(tmp_path):
    with Cloud(tmp_path, arguments=["--access-key", "local:local"]) as cloud:
        url = cloud.client("sqs").create_queue(QueueName="signed")["QueueUrl"]
        status, error = QueryClient(cloud).call("ReceiveMessage", urllib.parse.urlparse(url).path)
        assert status == 403
        assert text(error, "Code") == "MissingAuthenticationToken"
        stranger = boto3.client("sqs", endpoint_url=cloud.url, region_name=REGION, aws_access_key_id="other",
                                aws_secret_access_key="other")
        with pytest.raises(botocore.exceptions.ClientError) as refused:
            stranger.receive_message(QueueUrl=url)
        assert "UnrecognizedClientException" in str(refused.value)


def test_a_snapshot_holds_the_queues(tmp_path):
    cloud = Cloud(tmp_path)
    cloud.start()
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="saved")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="kept")
    cloud.ddblog("snapshot", "save", "state.snapshot")
    assert bodies(sqs.receive_message(QueueUrl=url)) == ["kept"]
    cloud.ddblog("snapshot", "load", "state.snapshot", "--yes")
    eventually(lambda: bodies(sqs.receive_message(QueueUrl=url)) == ["kept"], "the message is visible again")
    cloud.stop()
