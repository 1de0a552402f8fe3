"""A serverless.yml runs as it is: from the first event to the read model, with retries, a destination and the archive;
and the same application as a template of AWS SAM. The application is apps/serverless."""
import os
import shutil

import pytest

from cloud import APPS, BINARY, ROOT, Cloud, eventually, run

MODULES = ROOT / "tests/e2e/node/node_modules"


class ServiceCloud(Cloud):
    """Started as a person starts it, in the directory of serverless.yml: its settings say which ports are served."""

    def __init__(self, folder, **options):
        super().__init__(folder / "users", **options)
        self.environment = {"DYNAMODB_PORT": str(self.port), "EVENTS_PORT": str(self.events_port)}

    def command(self):
        return [str(BINARY), "offline", "--stage", "local", "--data", str(self.data)] + self.arguments


class TemplateCloud(ServiceCloud):
    def command(self):
        return super().command() + [
            "--template", "template.yaml", "--retry-delay-ms", "20", "--port", str(self.port), "--port", str(self.events_port),
            "--parameter", "DynamodbEndpoint=" + self.url, "--parameter", "EventsEndpoint=" + self.events_url]


class PortsCloud(ServiceCloud):
    """Of a service that says nothing of ports."""

    def command(self):
        return super().command() + ["--port", str(self.port), "--port", str(self.events_port)]


def copy_app(folder, modules=True):
    target = folder / "users"
    shutil.copytree(APPS / "serverless", target)
    if modules:
        os.symlink(MODULES, target / "node_modules")
    return target


def item(cloud, pk):
    found = cloud.call("GetItem", {"TableName": "local-core", "Key": {"pk": {"S": pk}}, "ConsistentRead": True})
    return found.get("Item")


def append(cloud, id, version, **payload):
    cloud.call("PutItem", {"TableName": "local-dynamodb-logs", "ConditionExpression": "attribute_not_exists(pk)", "Item": {
        "pk": {"S": "users#%s#stream" % id}, "sk": {"N": str(version)}, "type": {"S": "signup"},
        "payload": {"M": {name: {"S": value} for name, value in payload.items()}}}})


@pytest.fixture
def service(tmp_path):
    copy_app(tmp_path)
    (tmp_path / "users" / "template.yaml").unlink()
    with ServiceCloud(tmp_path) as cloud:
        yield cloud


@pytest.fixture
def template(tmp_path):
    copy_app(tmp_path)
    with TemplateCloud(tmp_path) as cloud:
        yield cloud


@pytest.fixture(params=["service", "template"])
def application(request):
    return request.getfixturevalue(request.param)


def test_an_event_becomes_read_models_in_node_and_python(application):
    append(application, "42", 1, name="Ada", email="ada@localhost")
    user = eventually(lambda: item(application, "user#42"), "the Node.js handler has built the read model", 60)
    assert user["name"] == {"S": "Ada"} and user["version"] == {"N": "1"}
    assert user["greeting"] == {"S": "hello from .env"}
    assert eventually(lambda: item(application, "users"), "the Python handler has counted", 60)["people"] == {"N": "1"}
    assert [event["detail"]["type"] for *_, event in eventually(application.archive, "the event is archived")] == ["signup"]


def test_what_fails_goes_to_the_destination_after_its_retries(application):
    append(application, "43", 1, name="Grace")
    failed = eventually(lambda: item(application, "failed#43"), "the destination has got the event", 60)
    assert failed["error"] == {"S": "no address for Grace"}
    assert failed["attempts"] == {"N": "2"}  # one retry


def test_messages_of_a_queue_reach_their_function(application):
    sqs = application.client("sqs")
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName="users-local-jobs")["QueueUrl"], MessageBody="7")
    eventually(lambda: item(application, "job#7"), "the function has got the message", 60)


def test_the_file_says_where_and_how_the_cloud_runs(service):
    append(service, "44", 1, name="Edsger")
    failed = eventually(lambda: item(service, "failed#44"), "the destination has got the event", 60)
    assert failed["account"] == {"S": "111122223333"}
    functions = service.client("lambda").list_functions()["Functions"]
    assert {one["FunctionName"] for one in functions} == {
        "users-local-" + name for name in ("publish", "project-user", "count", "welcome", "keep-failed", "queue-reader")}
    assert all(one["FunctionArn"].startswith("arn:aws:lambda:eu-north-1:111122223333:") for one in functions)
    assert "functions/users.yml:36: function queue-reader's event http does not run here" in service.output()
    assert "serverless-python-requirements is not needed" in service.output()
    assert "outside the service's directory" not in service.output()


def test_seeds_are_there_from_the_start_and_are_put_once(service):
    assert item(service, "plan#paid")["price"] == {"N": "12345678901234567890.5"}
    service.call("PutItem", {"TableName": "local-core", "Item": {"pk": {"S": "plan#free"}, "price": {"N": "1"}}})
    service.stop()
    service.start()
    assert item(service, "plan#free")["price"] == {"N": "1"}


def test_a_function_starts_by_itself_when_its_packages_are_installed(tmp_path):
    folder = copy_app(tmp_path, modules=False)
    (folder / "template.yaml").unlink()
    with ServiceCloud(tmp_path) as cloud:
        said = 'the module aws-sdk is not installed: run "npm install" in %s' % folder
        eventually(lambda: said in cloud.output(), "the log says what to run", 60)
        append(cloud, "45", 1, name="Barbara", email="barbara@localhost")
        os.symlink(MODULES, folder / "node_modules")
        eventually(lambda: item(cloud, "user#45"), "the event is handled", 120)


NAMES_OF_AWS = """
service: shop
functions:
  tell: {handler: tell.handler, events: [eventBridge: {eventBus: "${ssm:/bus}", pattern: {source: [a]}}]}
resources:
  Resources:
    Orders:
      Type: AWS::DynamoDB::Table
      Properties:
        TableName: ${ssm:/orders}
        BillingMode: PAY_PER_REQUEST
        AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
        KeySchema: [{AttributeName: id, KeyType: HASH}]
    Jobs: {Type: AWS::SQS::Queue, Properties: {QueueName: "${ssm:/jobs}"}}
"""


def test_what_has_no_name_is_not_said_to_run(tmp_path):
    service = tmp_path / "users"
    service.mkdir()
    (service / "serverless.yml").write_text(NAMES_OF_AWS)
    (service / "tell.js").write_text("exports.handler = async () => {};")
    with PortsCloud(tmp_path) as cloud:
        assert "  tables     none\n  buses      none\n  rules      none\n  functions  shop-local-tell\n" in cloud.output()


def test_a_mistake_is_named_with_its_place(tmp_path):
    (tmp_path / "serverless.yml").write_text("service: x\nfunctions:\n  a:\n    handler: ${self:custom.none}\n")
    done = run(BINARY, "offline", "--in-memory", "--port", "0", check=False, cwd=tmp_path)
    assert done.returncode == 1, done
    assert done.stderr == "dynamodb-log: serverless.yml:4: ${self:custom.none} has no value\n"


TYPESCRIPT = """
const table: string = 'later';
const events = [{ stream: { type: 'dynamodb', tableName: table } }, { sqs: { queueName: 'mails' } }];
module.exports = { service: 'shop', provider: { name: 'aws', runtime: 'nodejs20.x' },
                   functions: { tell: { handler: 'tell.handler', events } } };
"""
# It stands in for ts-node, which the service's directory would have.
COMPILER = """
const fs = require('fs');
require.extensions['.ts'] = (module, file) =>
  module._compile(fs.readFileSync(file, 'utf8').replace(': string', ''), file);
"""
TELL = """
exports.handler = async ({ Records }) => Records.forEach((record) => console.log(
  'told', record.body || record.dynamodb.Keys.pk.S));
"""


def test_a_file_of_typescript_names_a_queue_and_a_table_that_is_made_later(tmp_path):
    register = tmp_path / "node_modules/ts-node/register"
    register.mkdir(parents=True)
    (register / "transpile-only.js").write_text(COMPILER)
    (tmp_path / "serverless.ts").write_text(TYPESCRIPT)
    (tmp_path / "tell.js").write_text(TELL)
    with Cloud(tmp_path) as cloud:
        sqs = cloud.client("sqs")
        sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName="mails")["QueueUrl"], MessageBody="a mail")
        eventually(lambda: "told a mail" in cloud.output(), "the function has got the message", 60)
        cloud.call("CreateTable", {
            "TableName": "later", "BillingMode": "PAY_PER_REQUEST", "StreamSpecification": {
                "StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}]})
        cloud.call("PutItem", {"TableName": "later", "Item": {"pk": {"S": "a change"}}})
        eventually(lambda: "told a change" in cloud.output(), "the function has got the change", 60)
