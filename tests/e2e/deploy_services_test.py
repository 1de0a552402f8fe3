"""The services of a serverless-compose.yml, deployed to AWS, which ministack stands in for: one after another, with outputs
of one as parameters of the other, and removed in the reverse order."""
import json

import pytest

from ministack import Ministack

COMPOSE = """
services:
  mail:
    path: mail
    config: post.yml
    params: {queue: "${orders.queueUrl}", stage: "${sls:stage}"}
  orders: {path: orders}
"""
ORDERS = """
service: orders
provider: {name: aws}
resources:
  Resources:
    Queue: {Type: AWS::SQS::Queue}
  Outputs:
    queueUrl: {Value: !Ref Queue}
"""
MAIL = """
service: mail
provider: {name: aws}
resources:
  Resources:
    Sent:
      Type: AWS::SSM::Parameter
      Properties: {Type: String, Name: "/mail/${param:stage}", Value: "${param:queue}"}
"""


@pytest.fixture(scope="module")
def aws(folder):
    with Ministack(folder) as running:
        yield running


def test_services_are_deployed_in_the_order_of_their_needs(aws):
    for name, text in ("serverless-compose.yml", COMPOSE), ("orders/serverless.yml", ORDERS), ("mail/post.yml", MAIL):
        file = aws.folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    named = aws.ddblog("deploy", "--stage", "dev", "--stack-name", "shop", "--yes", check=False)
    assert named.returncode == 2 and "--stack-name names one stack" in named.stderr
    dry = aws.ddblog("deploy", "--stage", "dev", "--dry-run", check=False)
    assert "The stack orders-dev is not deployed, so its output queueUrl has no value yet." in dry.stderr

    mail = aws.folder / "mail/post.yml"
    mail.write_text(MAIL.replace("param:queue", "param:absent"))
    half = aws.ddblog("deploy", "--stage", "dev", "--yes", check=False)
    assert half.returncode != 0 and half.stderr.splitlines()[-2] == "Deployed before that: orders", half.stderr
    mail.write_text(MAIL)

    deployed = aws.ddblog("deploy", "--stage", "dev", "--yes")
    assert deployed.stderr.index("The service orders") < deployed.stderr.index("The service mail"), deployed.stderr
    sent = aws.client("ssm").get_parameter(Name="/mail/dev")["Parameter"]["Value"]
    (queue,) = aws.client("sqs").list_queues()["QueueUrls"]
    assert sent.rsplit("/", 1)[1] == queue.rsplit("/", 1)[1]  # (ministack names its host in two ways.)

    again = aws.ddblog("deploy", "--stage", "dev", "--yes")
    assert again.stderr.count("No changes") == 2, again.stderr
    status = aws.ddblog("status", "--stage", "dev", check=False)
    assert status.returncode == 2 and "lists services: name the serverless.yml of one of them" in status.stderr
    status = aws.ddblog("status", "--stage", "dev", "--template", "orders/serverless.yml", "-o", "json")
    assert json.loads(status.stdout)["state"] == "CREATE_COMPLETE"

    removed = aws.ddblog("remove", "--stage", "dev", "--yes")
    assert removed.stderr.index("The service mail") < removed.stderr.index("The service orders"), removed.stderr
    left = [one["StackName"] for one in aws.client("cloudformation").list_stacks()["StackSummaries"]
            if one["StackStatus"] != "DELETE_COMPLETE"]
    assert not left
