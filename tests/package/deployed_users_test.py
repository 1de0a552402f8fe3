"""The users example with its functions in C++, deployed to ministack, which stands in for AWS: from the append to the
read model, through the static programs."""
import json
import re
import sys

import pytest

from cloud import REGION, ROOT, USERS, eventually, run
from ministack import Ministack

PROGRAM = ROOT / "build/static/dynamodb-log"
KEY = {"pk": {"S": "users#42"}, "sk": {"S": "users#42"}}
SECONDS = 120  # generous: a busy machine


@pytest.fixture(scope="module")
def aws(folder):
    with Ministack(folder, PROGRAM) as running:
        yield running


def template_of(aws):
    """The example's template without its archive, which ministack does not know in templates."""
    text = re.sub(r"\n  #[^\n]*\n  LogArchive:\n(?:    [^\n]*\n|\n)+", "\n", (USERS / "template.yaml").read_text())
    assert "AWS::Events::Archive" not in text and "TriggerLogs:" in text
    text = re.sub(r"(CodeUri|Bootstrap): (\S+)", lambda found: "%s: %s" % (found[1], (USERS / found[2]).resolve()), text)
    file = aws.folder / "users" / "template.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    return file


def test_the_script_for_an_account(aws):
    """tests/aws/smoke, which a person runs in an AWS account."""
    done = run(sys.executable, ROOT / "tests/aws/smoke", "smoke", "--region", REGION, "--template", template_of(aws),
               "--without-archive", environment=aws.environment(), seconds=300)
    assert done.stdout.splitlines()[-1] == "All of it worked."


def append(aws, type, payload, expected):
    aws.ddblog("append", "users", "42", type, json.dumps(payload), "--stage", "dev", "--expect", expected)


def wait_for(aws, name, value):
    def there():
        item = aws.client("dynamodb").get_item(TableName="dev-core", Key=KEY).get("Item", {})
        return item.get(name) == {"S": value}
    eventually(there, "%s in the read model" % name, SECONDS)


def test_from_the_first_event_to_the_last_deployment(aws):
    template = template_of(aws)
    address = ("--stage", "dev", "--template", template)
    first = aws.json_lines("deploy", *address, "--yes")
    functions = first[-1]["functions"]
    assert {"Trigger", "Users", "UsersOnFailure"} <= set(functions)
    append(aws, "signup", {"name": "Ada", "email": "ada@example.com"}, "none")
    wait_for(aws, "name", "Ada")

    status = json.loads(aws.ddblog("status", *address, "-o", "json").stdout)
    states = {(one["kind"], one["name"]): one["state"] for one in status["resources"]}
    assert states["function", functions["Users"]] == "Active"
    assert states["mapping", "dev-dynamodb-logs -> " + functions["Trigger"]] == "Enabled"

    lines = eventually(lambda: aws.json_lines("logs", "Users", *address), "the function's lines", SECONDS)
    assert {one["function"] for one in lines} == {"Users"}
    assert not aws.json_lines("logs", *address, "--filter", "nobody wrote this")
    assert "has no function Nobody; it has " in aws.ddblog("logs", "Nobody", *address, check=False).stderr

    # What has not changed is not uploaded, and not updated.
    again = aws.ddblog("deploy", *address, "--yes")
    assert "No changes" in again.stderr and "Uploading" not in again.stderr
    template.write_text(template.read_text().replace("Timeout: 60", "Timeout: 59"))
    changed = aws.json_lines("deploy", *address, "--yes")
    assert {one["logicalId"] for one in changed if one["type"] == "change"} == {"Trigger"}

    aws.ddblog("remove", *address, "--yes")
    s3 = aws.client("s3")
    assert not any("Contents" in s3.list_objects_v2(Bucket=one["Name"]) for one in s3.list_buckets()["Buckets"])
    assert {"dev-core", "dev-dynamodb-logs"} <= set(aws.client("dynamodb").list_tables()["TableNames"])

    # Over the kept tables: the next event finds the ones before it.
    aws.ddblog("deploy", *address, "--yes")
    append(aws, "addPhoneNumber", {"phoneNumber": "+46 1"}, "1")
    wait_for(aws, "phoneNumber", "+46 1")
    aws.ddblog("remove", *address, "--yes", "--delete-data")
    assert "dev-core" not in aws.client("dynamodb").list_tables()["TableNames"]
