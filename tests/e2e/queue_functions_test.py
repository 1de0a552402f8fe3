"""Functions that are fed by queues: batches, partial failures, dead letters, order in a group, a rule before the queue."""
import json

import pytest

from cloud import Cloud, app, eventually, records


@pytest.fixture
def cloud(tmp_path):
    template = app("queues", tmp_path)
    with Cloud(tmp_path, template) as running:
        running.records = template.parent
        running.sqs = running.client("sqs")
        running.orders = running.sqs.get_queue_url(QueueName="orders")["QueueUrl"]
        yield running


def send(cloud, ids, url=None):
    for first in range(0, len(ids), 10):
        answer = cloud.sqs.send_message_batch(QueueUrl=url or cloud.orders, Entries=[
            {"Id": str(number), "MessageBody": json.dumps({"id": id})} for number, id in enumerate(ids[first:first + 10])])
        assert "Failed" not in answer


def handled(cloud):
    return [one["id"] for one in records(cloud.records, "handled")]


def attempts(cloud, id):
    return [one for one in records(cloud.records, "attempts") if one["id"] == id]


def counts(cloud, url):
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    answer = cloud.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return tuple(int(answer[name]) for name in names)


def test_handled_messages_are_removed(cloud):
    ids = ["order%d" % number for number in range(100)]
    send(cloud, ids)
    eventually(lambda: sorted(handled(cloud)) == sorted(ids), "each is handled once")
    eventually(lambda: counts(cloud, cloud.orders) == (0, 0), "the queue is empty")
    record = attempts(cloud, "order7")[0]["record"]
    assert set(record) == {"messageId", "receiptHandle", "body", "attributes", "messageAttributes", "md5OfBody",
                           "eventSource", "eventSourceARN", "awsRegion"}
    assert set(record["attributes"]) == {"ApproximateReceiveCount", "SentTimestamp", "SenderId",
                                         "ApproximateFirstReceiveTimestamp"}
    assert (record["eventSource"], record["eventSourceARN"], record["awsRegion"]) == (
        "aws:sqs", "arn:aws:sqs:us-east-1:000000000000:orders", "us-east-1")
    assert attempts(cloud, "order7")[0]["failed"] == cloud.url + "/000000000000/failed-orders", "!Ref is the queue's URL"


def test_what_is_not_handled_comes_again_and_then_to_the_dead_letter_queue(cloud):
    send(cloud, ["bad", "good"])
    failed = cloud.sqs.get_queue_url(QueueName="failed-orders")["QueueUrl"]
    for attempt in range(1, 4):
        eventually(lambda: len(attempts(cloud, "bad")) == attempt, "attempt %d" % attempt)
        eventually(lambda: counts(cloud, cloud.orders) == (0, 1), "the other one is removed")
        cloud.move_clock(31_000)
    eventually(lambda: counts(cloud, failed) == (1, 0), "it is a dead letter")
    assert counts(cloud, cloud.orders) == (0, 0)
    assert len(attempts(cloud, "bad")) == 3
    assert handled(cloud) == ["good"]
    assert [one["record"]["attributes"]["ApproximateReceiveCount"] for one in attempts(cloud, "bad")] == ["1", "2", "3"]


def test_a_rule_puts_events_into_the_queue(cloud):
    answer = cloud.client("events").put_events(Entries=[{
        "EventBusName": "shop", "Source": "shop", "DetailType": "order placed", "Detail": json.dumps({"id": "by-rule"})}])
    assert answer["FailedEntryCount"] == 0
    eventually(lambda: handled(cloud) == ["by-rule"], "the order is handled")


def test_messages_of_a_group_are_handled_in_order(cloud):
    url = cloud.sqs.get_queue_url(QueueName="Steps.fifo")["QueueUrl"]
    for number in range(30):
        for group in "abc":
            cloud.sqs.send_message(QueueUrl=url, MessageGroupId=group,
                                   MessageBody=json.dumps({"group": group, "number": number}))
    eventually(lambda: len(records(cloud.records, "steps")) == 90, "all are handled")
    for group in "abc":
        numbers = [one["number"] for one in records(cloud.records, "steps") if one["group"] == group]
        assert numbers == list(range(30))


def test_no_message_is_lost_by_kills(cloud):
    ids = ["order%d" % number for number in range(200)]
    for first in range(0, 200, 50):
        send(cloud, ids[first:first + 50])
        cloud.kill()
        cloud.start()
        cloud.sqs = cloud.client("sqs")

    def all_handled():
        cloud.move_clock(31_000)  # what was in flight when the cloud was killed becomes visible
        return set(handled(cloud)) == set(ids)
    eventually(all_handled, "every order is handled", 60)
    eventually(lambda: counts(cloud, cloud.orders) == (0, 0), "the queue is empty")


def test_a_mapping_is_made_by_the_api(cloud):
    functions = cloud.client("lambda")
    queue = cloud.sqs.create_queue(QueueName="more", Attributes={"VisibilityTimeout": "30"})["QueueUrl"]
    arn = "arn:aws:sqs:us-east-1:000000000000:more"
    made = functions.create_event_source_mapping(
        FunctionName="handler", EventSourceArn=arn, BatchSize=2, FunctionResponseTypes=["ReportBatchItemFailures"],
        ScalingConfig={"MaximumConcurrency": 2},
        FilterCriteria={"Filters": [{"Pattern": json.dumps({"body": {"id": [{"prefix": "wanted"}]}})}]})
    assert (made["BatchSize"], made["State"], made["StateTransitionReason"]) == (2, "Creating", "USER_INITIATED")
    assert "StartingPosition" not in made
    eventually(lambda: functions.get_event_source_mapping(UUID=made["UUID"])["State"] == "Enabled")
    send(cloud, ["wanted1", "other", "wanted2"], queue)
    eventually(lambda: sorted(handled(cloud)) == ["wanted1", "wanted2"], "those that the filter wants are handled")
    eventually(lambda: counts(cloud, queue) == (0, 0), "the others are removed")
    functions.delete_event_source_mapping(UUID=made["UUID"])
    with pytest.raises(functions.exceptions.InvalidParameterValueException) as refused:
        functions.create_event_source_mapping(FunctionName="handler", EventSourceArn=arn, BatchSize=100)
    assert "Maximum batch window in seconds must be greater than 0" in str(refused.value)
    with pytest.raises(functions.exceptions.InvalidParameterValueException) as refused:
        functions.create_event_source_mapping(FunctionName="handler", EventSourceArn=arn + "-missing")
    assert "NonExistentQueue" in str(refused.value)
