"""A bus as the on-failure destination of a function: the record comes as an event from the source "lambda"."""
import pytest

from cloud import BUS, Cloud, app, eventually, records

BUS_ARN = "arn:aws:events:us-east-1:000000000000:event-bus/" + BUS
HANDLER_ARN = "arn:aws:lambda:us-east-1:000000000000:function:handler"


@pytest.fixture(scope="module")
def cloud(folder):
    template = app("failures", folder, RETRIES=0, AGE=21600)
    text = template.read_text()
    for old, new in (
            ("OnFailure: {Type: Lambda, Destination: !GetAtt OnFailure.Arn}",
             "OnFailure: {Type: EventBridge, Destination: !GetAtt Bus.Arn}"),
            ("Properties: {FunctionName: on-failure, Handler: failures.on_failure}",
             """Properties:
      FunctionName: on-failure
      Handler: failures.on_failure
      Events:
        Failures:
          Type: EventBridgeRule
          Properties: {EventBusName: !Ref Bus, Pattern: {source: [lambda]}}""")):
        assert old in text
        text = text.replace(old, new)
    template.write_text(text)
    with Cloud(folder, template) as running:
        running.records = template.parent
        yield running


def test_the_record_of_a_failed_invocation_is_an_event_on_the_bus(cloud):
    cloud.append("poison1", 1)
    event = eventually(lambda: records(cloud.records, "failures"), "the record arrives")[0]["record"]
    assert event["source"] == "lambda"
    assert event["detail-type"] == "Lambda Function Invocation Result - Failure"
    assert event["resources"] == [BUS_ARN, HANDLER_ARN + ":$LATEST"]
    record = event["detail"]
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["functionArn"] == HANDLER_ARN + ":$LATEST"
    assert record["requestPayload"]["detail"]["payload"]["id"] == "poison1"
    assert record["responsePayload"]["errorMessage"] == "cannot handle poison1"
