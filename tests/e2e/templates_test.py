"""Templates as they are: code in the template and in a zip archive, layers, aliases, nested stacks, what does not run."""
import json
import subprocess
import zipfile

import pytest

from cloud import BINARY, Cloud, NotReady, clean_environment

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String, AllowedValues: [local, prod]}
  Key: {Type: "AWS::SSM::Parameter::Value<String>", Default: /shop/key}
Globals:
  Function: {Runtime: nodejs22.x, Handler: index.handler}
Resources:
  Orders: {Type: AWS::SQS::Queue}
  News: {Type: AWS::SNS::Topic}
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: !Ref Stage, Auth: {UserPool: !GetAtt Nobody.Arn}}}
  Inline:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: inline
      AutoPublishAlias: live
      InlineCode: |
        exports.handler = async (event, context) => ({...process.env, arn: context.invokedFunctionArn});
      Environment:
        Variables:
          QUEUE: !Ref Orders
          TOPIC: !Ref News
          VERSION: 1.10
          KEY: !Ref Key
          TABLE: !ImportValue shop-table
          STREAM: !GetAtt Log.StreamArn
          NESTED: !GetAtt Inner.Outputs.Arn
      Events:
        Call: {Type: Api, Properties: {Path: /, Method: get, RestApiId: !Ref Api}}
  Python:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: python
      Runtime: python3.11
      Handler: index.handler
      Code:
        ZipFile: |
          def handler(event, context):
              return "python"
  Zipped:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: zipped, CodeUri: code.zip, Layers: [!Ref Shared]}
  Shared: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: layer}}
  Java:
    Type: AWS::Serverless::Function
    Properties: {Runtime: java21, Handler: a.B, CodeUri: gone}
  Log:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      StreamSpecification: {StreamViewType: NEW_IMAGE}
  Inner: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: inner.yaml}}
"""

INNER = """
Resources: {Orders: {Type: AWS::SQS::Queue}}
Outputs: {Arn: {Value: !GetAtt Orders.Arn}}
"""


@pytest.fixture(scope="module")
def application(tmp_path_factory):
    directory = tmp_path_factory.mktemp("templates")
    (directory / "template.yaml").write_text(TEMPLATE)
    (directory / "inner.yaml").write_text(INNER)
    (directory / "values.json").write_text(json.dumps({"/shop/key": "secret"}))
    (directory / "layer/nodejs/node_modules/shared").mkdir(parents=True)
    (directory / "layer/nodejs/node_modules/shared/index.js").write_text("module.exports = 'from the layer';")
    with zipfile.ZipFile(directory / "code.zip", "w") as archive:
        archive.writestr("index.js", "exports.handler = async () => require('shared');")
    return directory


@pytest.fixture(scope="module")
def cloud(application):
    arguments = ["--verbose", "--import", "shop-table=orders", "--ssm", str(application / "values.json")]
    with Cloud(application, application / "template.yaml", arguments=arguments) as running:
        running.functions = running.client("lambda")
        yield running


def invoke(cloud, name):
    answer = cloud.functions.invoke(FunctionName=name)
    return json.loads(answer["Payload"].read())


def test_values_reach_the_environment(cloud):
    got = invoke(cloud, "inline")
    assert got["QUEUE"] == cloud.url + "/000000000000/Orders"
    assert got["TOPIC"] == "arn:aws:sns:us-east-1:000000000000:News"
    assert got["VERSION"] == "1.10"
    assert got["KEY"] == "secret"
    assert got["TABLE"] == "orders"
    assert got["STREAM"] == cloud.client("dynamodb").describe_table(TableName="Log")["Table"]["LatestStreamArn"]
    assert got["NESTED"] == "arn:aws:sqs:us-east-1:000000000000:Inner-Orders"


def test_an_alias_can_be_invoked(cloud):
    assert invoke(cloud, "inline:live")["arn"].endswith(":function:inline:live")


def test_code_in_the_template_runs_in_python(cloud):
    assert invoke(cloud, "python") == "python"


def test_code_in_an_archive_finds_its_local_layer(cloud):
    assert invoke(cloud, "zipped") == "from the layer"


def test_what_does_not_run_is_said(cloud):
    assert "template.yaml:10: News (AWS::SNS::Topic) does not run offline" in cloud.output()
    assert "the runtime java21 does not run offline" in cloud.output()


def validate(directory, *arguments):
    return subprocess.run([BINARY, "validate", *arguments], cwd=directory, env=clean_environment(),
                          capture_output=True, text=True, timeout=60)


def test_validate_lists_what_runs_and_what_does_not(application):
    answer = validate(application)
    assert answer.returncode == 0, answer.stdout
    lines = answer.stdout.splitlines()
    assert "template.yaml:9: runs: Orders (AWS::SQS::Queue)" in lines
    assert "template.yaml:10: note: News (AWS::SNS::Topic) does not run offline" in lines
    assert "template.yaml:25: note: no stack that runs here exports shop-table: its value is its name until " \
           "--import shop-table=VALUE gives it one" in lines
    assert lines[-1].endswith(" 0 errors")


def test_validate_fails_if_something_is_wrong(tmp_path):
    (tmp_path / "template.yaml").write_text("""
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Nobody}}
  Table: {Type: AWS::DynamoDB::Table}
""")
    answer = validate(tmp_path)
    assert answer.returncode == 1
    assert "template.yaml:3: error: resource Orders: there is no parameter or resource Nobody" in answer.stdout
    (tmp_path / "template.yaml").write_text("Resources: {Table: {Type: AWS::DynamoDB::Table}}")
    answer = validate(tmp_path)  # what the service says
    assert answer.returncode == 1
    assert "template.yaml:1: error: table Table: ValidationException" in answer.stdout


def test_validate_says_what_is_no_template(tmp_path):
    (tmp_path / "template.yaml").write_text("nothing")
    answer = validate(tmp_path)
    assert (answer.returncode, answer.stderr) == (1, "dynamodb-log: template.yaml:1: is not a template\n")
    answer = validate(tmp_path, "--parameter", "Stage")
    assert answer.returncode == 2


def test_an_error_keeps_the_cloud_from_starting(tmp_path):
    template = tmp_path / "template.yaml"
    template.write_text("Resources: {Orders: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Nobody}}}")
    with pytest.raises(NotReady, match="template.yaml:1: resource Orders: there is no parameter or resource Nobody"):
        with Cloud(tmp_path, template):
            pass
