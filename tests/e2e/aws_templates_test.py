"""What is deployed to AWS is valid there: cfn-lint finds nothing in the templates of the users example, nor in what AWS SAM
makes of them. And a function may do what it needs, and nothing else."""
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys

import boto3
import pytest
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

from cloud import APPS, BINARY, ROOT, USERS, clean_environment

TEMPLATES = ["template.yaml", "template-node.yaml", "template-python.yaml"]
REGION = "eu-north-1"
# The policies of AWS that SAM attaches by their names.
MANAGED = {name: "arn:aws:iam::aws:policy/service-role/" + name
           for name in ("AWSLambdaBasicExecutionRole", "AWSLambdaDynamoDBExecutionRole")}


def expanded(template):
    """What CloudFormation gets when the transform has run. The transform only takes code that is in S3."""
    document = yaml_parse((USERS / template).read_text())
    for resource in document["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/code.zip"
    session = boto3.Session(region_name=REGION)
    return Translator(MANAGED, Parser(), boto_session=session).translate(document, {"Stage": "dev"})


def lint(*files):
    done = subprocess.run([pathlib.Path(sys.executable).with_name("cfn-lint"), "--regions=" + REGION, *map(str, files)],
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def expansions():
    return {template: expanded(template) for template in TEMPLATES}


def test_the_templates_are_valid_as_they_are_and_expanded(expansions, tmp_path):
    files = [USERS / template for template in TEMPLATES]
    for template, document in expansions.items():
        files.append(tmp_path / (template + ".json"))
        files[-1].write_text(json.dumps(document))
    lint(*files)


def statements_of(role):
    for policy in role["Properties"].get("Policies", []):
        yield from policy["PolicyDocument"]["Statement"]


def allowed(role):
    """[(action, logical id of the resource)]"""
    for statement in statements_of(role):
        actions = statement["Action"]
        for action in [actions] if isinstance(actions, str) else actions:
            yield action, json.dumps(statement["Resource"])


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_function_may_do_what_it_needs_only(expansions, template):
    resources = expansions[template]["Resources"]
    may = {name: {(action, next(id for id in ("LogTable", "CoreTable", "UsersOnFailure", "EventBusName", "Bus") if id in resource))
                  for action, resource in allowed(resources[name + "Role"])} for name in ("Trigger", "Users", "UsersOnFailure")}
    assert may == {
        "Trigger": {("events:PutEvents", "Bus")},
        "Users": {("dynamodb:Query", "LogTable"), ("dynamodb:GetItem", "CoreTable"), ("dynamodb:UpdateItem", "CoreTable"),
                  ("lambda:InvokeFunction", "UsersOnFailure")},
        "UsersOnFailure": {("dynamodb:PutItem", "CoreTable")}}


@pytest.mark.parametrize("template", TEMPLATES)
def test_tables_outlive_their_stack_and_logs_do_not(expansions, template):
    resources = expansions[template]["Resources"].values()
    tables = [resource for resource in resources if resource["Type"] == "AWS::DynamoDB::Table"]
    assert [table["DeletionPolicy"] for table in tables] == ["RetainExceptOnCreate"] * 2
    groups = [resource for resource in resources if resource["Type"] == "AWS::Logs::LogGroup"]
    functions = [resource for resource in resources if resource["Type"] == "AWS::Lambda::Function"]
    assert len(groups) == len(functions) == 3
    assert all("DeletionPolicy" not in group and group["Properties"]["RetentionInDays"] for group in groups)
    assert all(function["Properties"]["LoggingConfig"]["LogGroup"] for function in functions)


def printed(template, *arguments):
    done = subprocess.run([BINARY, "deploy", "--print-template", "--stage", "dev", "--region", REGION, "--template", template,
                           *arguments], env=clean_environment(), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_stack_of_cdk_is_found(tmp_path):
    (tmp_path / "cdk.out").mkdir()
    (tmp_path / "cdk.json").write_text("{}")
    (tmp_path / "cdk.out/manifest.json").write_text("{}")
    (tmp_path / "cdk.out/Shop.template.json").write_text('{"Resources": {"Orders": {"Type": "AWS::SQS::Queue"}}}')
    done = subprocess.run([BINARY, "deploy", "--print-template", "--stage", "dev", "--region", REGION], cwd=tmp_path,
                          env=clean_environment(), capture_output=True, text=True, timeout=60)
    assert list(json.loads(done.stdout)["Resources"]) == ["Orders"], done.stderr


def test_a_serverless_yml_becomes_a_valid_template(tmp_path):
    shutil.copytree(APPS / "serverless", tmp_path / "app")
    os.symlink(ROOT / "tests/e2e/node/node_modules", tmp_path / "app/node_modules")
    document = printed(tmp_path / "app/serverless.yml")
    (tmp_path / "printed.json").write_text(json.dumps(document))
    lint("--ignore-checks", "W2531", "--", tmp_path / "printed.json")  # its runtime is a deprecated one
    resources = document["Resources"]
    assert resources["LogTable"]["Properties"]["TableName"] == "dev-dynamodb-logs"
    rules = [id for id, resource in resources.items() if resource["Type"] == "AWS::Events::Rule"]
    assert rules and all(resources[rule + "Permission"]["Type"] == "AWS::Lambda::Permission" for rule in rules)


def static_program():
    """The header of an ELF file without segments: a program for x86-64 that needs no libraries."""
    return struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 2, 62, 1, 0, 0, 0, 0, 64, 56, 0, 64, 0, 0)


def test_what_is_uploaded_of_an_example_is_valid(tmp_path):
    template = tmp_path / "template.yaml"
    template.write_text((USERS / "template-python.yaml").read_text().replace("../../build/static/dynamodb-log", "trigger"))
    shutil.copytree(USERS / "python", tmp_path / "python")
    (tmp_path / "trigger").write_bytes(static_program())
    document = printed(template)
    properties = {id: resource["Properties"] for id, resource in document["Resources"].items()}
    assert properties["Users"]["CodeUri"] == properties["UsersOnFailure"]["CodeUri"] != properties["Trigger"]["CodeUri"]
    assert properties["LogTable"]["TableName"] == "dev-dynamodb-logs"
    (tmp_path / "printed.json").write_text(json.dumps(document))
    lint(tmp_path / "printed.json")
