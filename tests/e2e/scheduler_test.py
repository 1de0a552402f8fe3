"""EventBridge Scheduler with real clients: boto3 and the AWS CLI; schedules of a template; across a kill -9."""
import datetime
import json

import botocore.exceptions
import pytest

from cloud import Cloud, app, eventually, records

ROLE = "arn:aws:iam::000000000000:role/scheduler"
QUEUE = "arn:aws:sqs:us-east-1:000000000000:"
HOUR = 3_600_000


@pytest.fixture(scope="module")
def cloud(folder):
    template = app("schedules", folder)
    with Cloud(folder, template) as running:
        running.records = template.parent
        yield running


@pytest.fixture
def scheduler(cloud):
    return cloud.client("scheduler")


def bodies(cloud, queue, most=10):
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName=queue)["QueueUrl"]
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=most).get("Messages", [])
    for message in messages:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [message["Body"] for message in messages]


def test_boto3_keeps_a_schedule_and_its_group(scheduler):
    group = scheduler.create_schedule_group(Name="reports", Tags=[{"Key": "team", "Value": "shop"}])["ScheduleGroupArn"]
    start = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(days=1)
    arn = scheduler.create_schedule(
        Name="daily", GroupName="reports", ScheduleExpression="cron(0 9 * * ? *)", State="DISABLED",
        ScheduleExpressionTimezone="Europe/Berlin", StartDate=start,
        FlexibleTimeWindow={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 5},
        Target={"Arn": QUEUE + "daily", "RoleArn": ROLE, "Input": "x"})["ScheduleArn"]
    assert arn.endswith(":schedule/reports/daily")
    kept = scheduler.get_schedule(Name="daily", GroupName="reports")
    assert kept["StartDate"] == start and kept["ScheduleExpressionTimezone"] == "Europe/Berlin"
    assert kept["Target"]["RetryPolicy"] == {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}
    scheduler.update_schedule(Name="daily", GroupName="reports", ScheduleExpression="rate(1 days)", State="DISABLED",
                              FlexibleTimeWindow={"Mode": "OFF"}, Target={"Arn": QUEUE + "daily", "RoleArn": ROLE})
    assert [one["Name"] for one in scheduler.list_schedules(GroupName="reports")["Schedules"]] == ["daily"]
    scheduler.tag_resource(ResourceArn=group, Tags=[{"Key": "more", "Value": "1"}])
    scheduler.untag_resource(ResourceArn=group, TagKeys=["team"])
    assert scheduler.list_tags_for_resource(ResourceArn=group)["Tags"] == [{"Key": "more", "Value": "1"}]
    with pytest.raises(scheduler.exceptions.ConflictException):
        scheduler.create_schedule_group(Name="reports")
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        scheduler.create_schedule(Name="x", ScheduleExpression="rate(0 days)", FlexibleTimeWindow={"Mode": "OFF"},
                                  Target={"Arn": QUEUE + "q", "RoleArn": ROLE})
    assert refused.value.response["Error"] == {"Code": "ValidationException",
                                               "Message": "Invalid Schedule Expression rate(0 days)."}
    scheduler.delete_schedule_group(Name="reports")

    def is_gone():
        return "reports" not in [one["Name"] for one in scheduler.list_schedule_groups()["ScheduleGroups"]]
    eventually(is_gone, "the group and its schedule are deleted")
    with pytest.raises(scheduler.exceptions.ResourceNotFoundException):
        scheduler.get_schedule(Name="daily", GroupName="reports")


UNIVERSAL = "arn:aws:scheduler:::aws-sdk:"


def call_once(scheduler, name, action, request, **target):
    """A schedule that calls an operation at once."""
    scheduler.create_schedule(Name=name, ScheduleExpression="rate(1 days)", FlexibleTimeWindow={"Mode": "OFF"},
                              Target=dict(target, Arn=UNIVERSAL + action, RoleArn=ROLE, Input=json.dumps(request)))


def test_universal_targets_call_operations(cloud, scheduler):
    sqs, tables = cloud.client("sqs"), cloud.client("dynamodb")
    url = sqs.create_queue(QueueName="universal")["QueueUrl"]
    tables.create_table(TableName="universal", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                        BillingMode="PAY_PER_REQUEST")
    events = cloud.client("events")
    events.put_rule(Name="universal", EventPattern=json.dumps({"source": ["universal"]}))
    events.put_targets(Rule="universal", Targets=[{"Id": "1", "Arn": QUEUE + "universal", "InputPath": "$.detail.n"}])
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage",
         "Resource": QUEUE + "universal"}]})})

    call_once(scheduler, "send", "sqs:sendMessage", {"QueueUrl": url, "MessageBody": "by <aws.scheduler.attempt-number>"})
    call_once(scheduler, "put-item", "dynamodb:putItem", {"TableName": "universal", "Item": {"pk": {"S": "a"}}})
    call_once(scheduler, "put-events", "eventbridge:putEvents",
              {"Entries": [{"Source": "universal", "DetailType": "t", "Detail": json.dumps({"n": 7})}]})
    received = []
    eventually(lambda: received.extend(bodies(cloud, "universal")) or sorted(received) == ["7", "by 1"])
    eventually(lambda: tables.scan(TableName="universal")["Items"] == [{"pk": {"S": "a"}}])


def test_a_universal_target_invokes_a_function(cloud, scheduler):
    call_once(scheduler, "invoke", "lambda:invoke",
              {"FunctionName": "Ticker", "InvocationType": "Event", "Payload": json.dumps({"by": "universal"})})
    eventually(lambda: {"event": {"by": "universal"}} in records(cloud.records, "ticks"))


def test_what_a_universal_target_refuses_is_a_dead_letter(cloud, scheduler):
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="refused")["QueueUrl"]
    call_once(scheduler, "refused", "dynamodb:deleteItem", {"TableName": "nowhere", "Key": {"pk": {"S": "a"}}},
              DeadLetterConfig={"Arn": QUEUE + "refused"})

    def dead_letter():
        return sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"]).get("Messages")
    attributes = eventually(dead_letter)[0]["MessageAttributes"]
    assert attributes["ERROR_CODE"]["StringValue"] == "ResourceNotFoundException"
    assert attributes["TARGET_ARN"]["StringValue"] == UNIVERSAL + "dynamodb:deleteItem"
    with pytest.raises(scheduler.exceptions.ValidationException):
        scheduler.create_schedule(Name="x", ScheduleExpression="rate(1 days)", FlexibleTimeWindow={"Mode": "OFF"},
                                  Target={"Arn": UNIVERSAL + "sqs:sendMessage", "RoleArn": ROLE, "Input": "no JSON"})


def test_the_aws_cli_makes_a_schedule_that_sends_to_a_queue(cloud):
    bodies(cloud, "by-cli")
    arn = cloud.aws_json("scheduler", "create-schedule", "--name", "by-cli", "--schedule-expression", "rate(1 hour)",
                         "--flexible-time-window", "Mode=OFF", "--target",
                         json.dumps({"Arn": QUEUE + "by-cli", "RoleArn": ROLE,
                                     "Input": "<aws.scheduler.schedule-arn> <aws.scheduler.attempt-number>"}))["ScheduleArn"]
    eventually(lambda: bodies(cloud, "by-cli") == [arn + " 1"], "a rate begins at once")
    cloud.move_clock(2 * HOUR)
    received = []
    eventually(lambda: received.extend(bodies(cloud, "by-cli")) or len(received) >= 2, "it is due twice")
    cloud.aws("scheduler", "delete-schedule", "--name", "by-cli")
    assert "by-cli" not in [one["Name"] for one in cloud.aws_json("scheduler", "list-schedules")["Schedules"]]


def test_a_schedule_outlives_a_kill_9(cloud, scheduler):
    bodies(cloud, "killed")
    now = scheduler.get_schedule(Name="once-a-year")["CreationDate"]  # the cloud's clock, more or less
    at = (now + datetime.timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%S")
    scheduler.create_schedule(Name="killed", ScheduleExpression="at(%s)" % at, FlexibleTimeWindow={"Mode": "OFF"},
                              ActionAfterCompletion="DELETE", Target={"Arn": QUEUE + "killed", "RoleArn": ROLE, "Input": "x"})
    cloud.kill()
    cloud.start()
    assert bodies(cloud, "killed") == []
    cloud.move_clock(31 * 24 * HOUR)
    eventually(lambda: bodies(cloud, "killed") == ["x"], "it is due after the restart")

    def is_gone():
        return "killed" not in [one["Name"] for one in cloud.client("scheduler").list_schedules()["Schedules"]]
    eventually(is_gone, "it is deleted after its only time")


def test_schedules_of_a_template_invoke_their_targets(cloud, scheduler):
    invoked = eventually(lambda: records(cloud.records, "ticks"), "the function is invoked at once")
    assert invoked[0]["event"] == {"from": "template"}
    eventually(lambda: "hello" in bodies(cloud, "scheduled"), "the queue gets its input")
    kept = scheduler.get_schedule(Name="Hello", GroupName="Greetings")
    assert kept["Target"]["Arn"] == QUEUE + "scheduled"
    before = scheduler.get_schedule(Name="TickerTick")["LastModificationDate"]
    cloud.restart()
    assert cloud.client("scheduler").get_schedule(Name="TickerTick")["LastModificationDate"] == before
    # A schedule that the template no longer declares is deleted.
    text = cloud.template.read_text()
    cloud.template.write_text(text[:text.index("  # the last part")])
    cloud.restart()
    assert [one["Name"] for one in cloud.client("scheduler").list_schedule_groups()["ScheduleGroups"]] != []
    with pytest.raises(botocore.exceptions.ClientError):
        cloud.client("scheduler").get_schedule(Name="once-a-year")
