"""An instance that is shared on a network: with access keys, only those who have one are served."""
import boto3
import botocore.exceptions
import pytest

from cloud import BINARY, BUS, REGION, USERS, Cloud, eventually, run

KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


@pytest.fixture(scope="module")
def cloud(folder):
    with Cloud(folder, USERS / "template.yaml", arguments=["--host", "0.0.0.0", "--access-key", "%s:%s" % (KEY, SECRET)]) as running:
        yield running


def client(cloud, service, key=KEY, secret=SECRET):
    return boto3.client(service, endpoint_url=cloud.url, region_name=REGION, aws_access_key_id=key, aws_secret_access_key=secret)


def refusal(call):
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        call()
    return refused.value.response["Error"]["Code"]


def test_who_has_a_key_is_served(cloud):
    assert client(cloud, "dynamodb").list_tables()["TableNames"]
    assert client(cloud, "events").list_rules(EventBusName=BUS)["Rules"]
    assert client(cloud, "dynamodbstreams").list_streams()["Streams"]
    assert client(cloud, "lambda").invoke(FunctionName="Users", InvocationType="DryRun")["StatusCode"] == 204


@pytest.mark.parametrize("service, call", [("dynamodb", "list_tables"), ("dynamodbstreams", "list_streams"), ("events", "list_event_buses")])
def test_who_has_none_is_refused(cloud, service, call):
    assert refusal(getattr(client(cloud, service, key="somebody"), call)) == "UnrecognizedClientException"
    assert refusal(getattr(client(cloud, service, secret="wrong"), call)) == "InvalidSignatureException"


def test_functions_are_refused_too(cloud):
    invoke = client(cloud, "lambda", secret="wrong").invoke
    assert refusal(lambda: invoke(FunctionName="Users", Payload=b"{}")) in ("InvalidSignatureException", "AccessDeniedException")


def test_the_functions_themselves_are_served(cloud):
    """The trigger puts events and the handler reads the log: both need credentials that this instance knows."""
    environment = {"AWS_ENDPOINT_URL": cloud.url, "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
    run(BINARY, "append", "users", "signed", "signup", '{"name": "Ada", "email": "ada@localhost"}', environment=environment)
    table = boto3.resource("dynamodb", endpoint_url=cloud.url, region_name=REGION, aws_access_key_id=KEY,
                           aws_secret_access_key=SECRET).Table("local-core")
    item = eventually(lambda: table.get_item(Key={"pk": "users#signed", "sk": "users#signed"}).get("Item"), "the read model is there")
    assert item["name"] == "Ada"


def test_the_clis_own_refusal_is_exit_status_5(cloud):
    done = run(BINARY, "read", "users", "1", check=False, environment={"AWS_ENDPOINT_URL": cloud.url})
    assert done.returncode == 5 and "UnrecognizedClientException" in done.stderr


def test_the_clock_is_not_for_everybody(cloud):
    with pytest.raises(OSError):
        cloud.move_clock(3_600_000)
