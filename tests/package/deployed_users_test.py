"""The users example with its functions in C++, deployed to ministack, which stands in for AWS: from the append to the
read model, through the static programs."""
import json
import re

import pytest

from cloud import ROOT, USERS, eventually
from ministack import Ministack

PROGRAM = ROOT / "build/static/dynamodb-log"


@pytest.fixture(scope="module")
def template(folder):
    """The example's template without its archive, which ministack does not know in templates."""
    text = (USERS / "template.yaml").read_text()
    text = re.sub(r"\n  # [^\n]*\n  LogArchive:\n(    .*\n|\n)+?(?=  [#A-Z])", "\n", text)
    assert "AWS::Events::Archive" not in text
    file = folder / "users" / "template.yaml"
    file.parent.mkdir()
    file.write_text(text.replace("../../build/", str(ROOT / "build") + "/"))
    return file


@pytest.fixture(scope="module")
def aws(folder):
    with Ministack(folder, PROGRAM) as running:
        yield running


def test_from_the_first_event_to_the_last_deployment(aws, template):
    first = aws.json_lines("deploy", "--stage", "dev", "--template", template, "--yes")
    functions = first[-1]["functions"]
    assert {"Trigger", "Users", "UsersOnFailure"} <= set(functions)

    aws.ddblog("append", "users", "42", "signup", '{"name": "Ada", "email": "ada@example.com"}', "--stage", "dev",
               "--expect", "none")
    dynamodb = aws.client("dynamodb")
    key = {"pk": {"S": "users#42"}, "sk": {"S": "users#42"}}
    item = eventually(lambda: dynamodb.get_item(TableName="dev-core", Key=key).get("Item"), "the read model", 120)
    assert item["name"] == {"S": "Ada"}

    status = json.loads(aws.ddblog("status", "--stage", "dev", "--template", template, "-o", "json").stdout)
    states = {(one["kind"], one["name"]): one["state"] for one in status["resources"]}
    assert states["function", functions["Users"]] == "Active"
    assert states["mapping", "dev-dynamodb-logs -> " + functions["Trigger"]] == "Enabled"

    # What has not changed is not uploaded, and not updated.
    again = aws.ddblog("deploy", "--stage", "dev", "--template", template, "--yes")
    assert "No changes" in again.stderr and "Uploading" not in again.stderr
    template.write_text(template.read_text().replace("Timeout: 60", "Timeout: 59"))
    changed = aws.json_lines("deploy", "--stage", "dev", "--template", template, "--yes")
    assert {one["logicalId"] for one in changed if one["type"] == "change"} == {"Trigger"}

    aws.ddblog("remove", "--stage", "dev", "--template", template, "--yes")
    s3 = aws.client("s3")
    assert not any("Contents" in s3.list_objects_v2(Bucket=one["Name"]) for one in s3.list_buckets()["Buckets"])
    assert {"dev-core", "dev-dynamodb-logs"} <= set(dynamodb.list_tables()["TableNames"])

    # Over the kept tables: the next event finds the ones before it.
    aws.ddblog("deploy", "--stage", "dev", "--template", template, "--yes")
    aws.ddblog("append", "users", "42", "addPhoneNumber", '{"phoneNumber": "+46 1"}', "--stage", "dev", "--expect", "1")
    eventually(lambda: dynamodb.get_item(TableName="dev-core", Key=key)["Item"].get("phoneNumber") == {"S": "+46 1"},
               "the read model", 120)
    aws.ddblog("remove", "--stage", "dev", "--template", template, "--yes", "--delete-data")
    assert not dynamodb.list_tables()["TableNames"]
