"""Whole applications are deployed as they are: the users example in each language, and a serverless.yml. From the append to
the read model, with functions that run from what was packed; then a change of one function, which touches no other."""
import json
import os
import shutil

import pytest

from cloud import APPS, BINARY, ROOT, USERS, eventually
from ministack import Ministack


@pytest.fixture(scope="module")
def aws(folder):
    with Ministack(folder) as running:
        yield running


def script(file, program):
    """A bootstrap that runs a program of this build, which needs the shared libraries of this machine."""
    file.write_text("#!/bin/bash\nexec -a bootstrap %s\n" % program)
    file.chmod(0o755)


def without_archive(text):
    """The template without the resource LogArchive."""
    begin = text.index("  LogArchive:\n")
    end = text.index("\n\n", begin)
    return text[:begin] + text[end + 2:]


def users_example(folder, template):
    folder.mkdir()
    text = without_archive((USERS / template).read_text())
    script(folder / "trigger", BINARY)
    script(folder / "bootstrap", BINARY.parent / "examples/users/cpp/bootstrap")
    text = text.replace("../../build/static/dynamodb-log", "trigger")
    text = text.replace("../../build/static/examples/users/cpp/bootstrap", "bootstrap")
    for language in ("node", "python"):
        shutil.copytree(USERS / language, folder / language, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
    (folder / "template.yaml").write_text(text)
    return folder / "template.yaml"


def read_model(aws, table, key):
    return aws.client("dynamodb").get_item(TableName=table, Key=key).get("Item")


def changed_functions(aws, template, stage, *arguments):
    """The functions that a deployment changes. (What refers to them is listed too, as what may change.)"""
    lines = aws.json_lines("deploy", "--stage", stage, "--template", template, "--yes", *arguments)
    return sorted(line["logicalId"] for line in lines
                  if line["type"] == "change" and line["resourceType"] == "AWS::Lambda::Function")


@pytest.mark.parametrize("language, template, changed", [
    ("cpp", "template.yaml", "bootstrap"),
    ("node", "template-node.yaml", "node/users.js"),
    ("python", "template-python.yaml", "python/users.py")])
def test_the_users_example_runs_from_what_was_packed(aws, folder, language, template, changed):
    file = users_example(folder / language, template)
    bus = ("--parameter", "EventBusName=" + language)
    aws.ddblog("deploy", "--stage", language, "--template", file, "--yes", *bus)
    aws.ddblog("append", "users", "42", "signup", '{"name": "Ada", "email": "ada@localhost"}', "--stage", language, "--expect", "none")
    key = {"pk": {"S": "users#42"}, "sk": {"S": "users#42"}}
    user = eventually(lambda: read_model(aws, language + "-core", key), "the read model is built", 60)
    assert user["name"] == {"S": "Ada"} and user["version"] == {"N": "1"}

    assert changed_functions(aws, file, language, *bus) == []
    with open(file.parent / changed, "a") as source:
        source.write("// changed\n" if changed.endswith("js") else "# changed\n")
    assert changed_functions(aws, file, language, *bus) == ["Users", "UsersOnFailure"]
    aws.ddblog("remove", "--stage", language, "--template", file, "--yes", "--delete-data")


def test_a_serverless_yml_runs_from_what_was_packed(aws, folder):
    app = folder / "service"
    shutil.copytree(APPS / "serverless", app)
    (app / "template.yaml").unlink()
    os.symlink(ROOT / "tests/e2e/node/node_modules", app / "node_modules")
    file = app / "serverless.yml"
    aws.ddblog("deploy", "--stage", "dev", "--template", file, "--yes")
    aws.client("dynamodb").put_item(TableName="dev-dynamodb-logs", Item={
        "pk": {"S": "users#42#stream"}, "sk": {"N": "1"}, "type": {"S": "signup"},
        "payload": {"M": {"name": {"S": "Ada"}, "email": {"S": "ada@localhost"}}}})
    user = eventually(lambda: read_model(aws, "dev-core", {"pk": {"S": "user#42"}}), "the read model is built", 60)
    assert user["name"] == {"S": "Ada"}
    assert changed_functions(aws, file, "dev") == []
