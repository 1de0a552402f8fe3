"""What is deployed to AWS is valid there: cfn-lint finds nothing in the templates of the users example, nor in what AWS SAM
makes of them. And a function may do what it needs, and nothing else."""
import json
import pathlib
import subprocess
import sys

import boto3
import pytest
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

from cloud import USERS

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
    done = subprocess.run([pathlib.Path(sys.executable).with_name("cfn-lint"), "--regions", REGION, "--", *map(str, files)],
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
