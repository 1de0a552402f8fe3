"""An instance that is shared on a network: with access keys, only those who have one are served."""
import pathlib
import urllib.request

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.credentials
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


def test_a_session_token_does_no_harm(cloud):
    signed = boto3.client("dynamodb", endpoint_url=cloud.url, region_name=REGION, aws_access_key_id=KEY,
                          aws_secret_access_key=SECRET, aws_session_token="a token")
    assert signed.list_tables()["TableNames"]


def test_the_sdk_for_javascript_signs_as_we_verify(cloud):
    """It signs other headers than botocore does, the body's hash among them."""
    folder = pathlib.Path(__file__).resolve().parent / "node"
    done = run("node", "--test", folder / "dynamodb.test.mjs", check=False, cwd=folder, environment={
        "AWS_ENDPOINT_URL": cloud.url, "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_SESSION_TOKEN": "a token"})
    assert done.returncode == 0, done.stdout + done.stderr


def test_signatures_are_of_the_machines_time_wherever_the_clock_is_moved(cloud):
    """Clients sign by their own clock, which is this machine's."""
    functions = client(cloud, "lambda")
    request = botocore.awsrequest.AWSRequest("POST", cloud.url + "/_local/clock", data=b'{"move": 3600000}',
                                             headers={"Content-Type": "application/json"})
    botocore.auth.SigV4Auth(botocore.credentials.Credentials(KEY, SECRET), "execute-api", REGION).add_auth(request)
    answer = urllib.request.urlopen(urllib.request.Request(request.url, request.data, dict(request.headers), method="POST"), timeout=10)
    assert b"now" in answer.read()
    assert client(cloud, "dynamodb").list_tables()["TableNames"]
    assert functions.invoke(FunctionName="Users", InvocationType="DryRun")["StatusCode"] == 204


def test_a_replay_to_the_bus_is_signed(cloud):
    keys = {"AWS_ENDPOINT_URL": cloud.url, "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
    run(BINARY, "append", "users", "replayed", "signup", '{"name": "Ada", "email": "ada@localhost"}', environment=keys)
    eventually(lambda: "users#replayed#stream" in [pk for pk, _ in cloud.archived_keys()], "the event is archived")
    arguments = ["replay", "--data", cloud.data, "--from", "2020-01-01", "--to", "2099-01-01", "--target", "bus"]
    assert "events replayed to the bus" in run(BINARY, *arguments, environment=keys).stdout
    refused = run(BINARY, *arguments, check=False, environment={"AWS_ENDPOINT_URL": cloud.url})
    assert refused.returncode == 5 and "UnrecognizedClientException" in refused.stderr


def test_the_clis_own_refusal_is_exit_status_5(cloud):
    done = run(BINARY, "read", "users", "1", check=False, environment={"AWS_ENDPOINT_URL": cloud.url})
    assert done.returncode == 5 and "UnrecognizedClientException" in done.stderr


def test_the_clock_is_not_for_everybody(cloud):
    with pytest.raises(OSError):
        cloud.move_clock(3_600_000)
