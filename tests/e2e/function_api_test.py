"""Functions that are made through Lambda's API: from zip archives, with versions, aliases and layers."""
import concurrent.futures
import io
import json
import pathlib
import re
import stat
import zipfile

import pytest

from cloud import Cloud, eventually

ROLE = "arn:aws:iam::000000000000:role/lambda"


@pytest.fixture(scope="module")
def cloud(folder):
    with Cloud(folder) as running:
        yield running


def archive(files, links=()):
    """A zip archive: names and contents; `links`: names and where they lead."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (stat.S_IFREG | (0o755 if name == "bootstrap" else 0o644)) << 16
            zipped.writestr(info, content)
        for name, target in links:
            info = zipfile.ZipInfo(name)
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            zipped.writestr(info, target)
    return buffer.getvalue()


def node(answer):
    """The code of a function that answers so."""
    return archive({"index.js": "exports.handler = async (event, context) => (%s);" % answer})


def create(functions, name, code, runtime="nodejs20.x", handler="index.handler", **more):
    return functions.create_function(FunctionName=name, Runtime=runtime, Role=ROLE, Handler=handler,
                                     Code={"ZipFile": code}, **more)


def invoke(functions, name, event=None, **more):
    answer = functions.invoke(FunctionName=name, Payload=json.dumps(event or {}), **more)
    payload = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, payload
    return payload


def test_a_function_is_made_from_a_zip_invoked_updated_and_deleted(cloud):
    functions = cloud.client("lambda")
    made = create(functions, "life", node("[1, process.env.NAME, context.functionVersion]"),
                  Environment={"Variables": {"NAME": "first"}})
    assert (made["State"], made["Version"]) == ("Active", "$LATEST")
    functions.get_waiter("function_active_v2").wait(FunctionName="life")
    assert invoke(functions, "life") == [1, "first", "$LATEST"]
    functions.update_function_code(FunctionName="life", ZipFile=node("[2, process.env.NAME]"))
    functions.get_waiter("function_updated_v2").wait(FunctionName="life")
    assert invoke(functions, "life") == [2, "first"]
    functions.update_function_configuration(FunctionName="life", Environment={"Variables": {"NAME": "second"}})
    assert invoke(functions, "life") == [2, "second"]
    functions.delete_function(FunctionName="life")
    with pytest.raises(functions.exceptions.ResourceNotFoundException):
        functions.invoke(FunctionName="life")


def test_a_function_is_made_anew_while_the_former_one_is_running(cloud):
    functions = cloud.client("lambda")
    create(functions, "anew", node("(console.log('the former one runs'), new Promise((resolve) => "
                                   "setTimeout(() => resolve('former'), 1000)))"), Timeout=20)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        former = pool.submit(invoke, cloud.client("lambda"), "anew")
        eventually(lambda: "the former one runs" in cloud.output())
        functions.delete_function(FunctionName="anew")
        create(functions, "anew", node("'new'"))
        assert [invoke(functions, "anew") for _ in range(3)] == ["new"] * 3
        assert former.result() == "former"
    assert invoke(functions, "anew") == "new"


def test_python_and_a_program_run_from_a_zip_too(cloud):
    functions = cloud.client("lambda")
    create(functions, "py", archive({"pack/__init__.py": "", "pack/main.py": "import os\ndef handler(event, context):\n"
                                     "    return [event['n'], context.function_version, os.path.islink('link')]\n"},
                                    links=[("link", "pack/main.py")]), "python3.11", "pack/main.handler")
    assert invoke(functions, "py", {"n": 5}) == [5, "$LATEST", True]
    program = """#!/bin/sh
while true; do
  id=$(curl -s -D - -o event "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/next" | tr -d '\\r' |
       sed -n 's/^Lambda-Runtime-Aws-Request-Id: //Ip')
  curl -s -X POST -d '"from a shell"' "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/$id/response" >/dev/null
done
"""
    create(functions, "shell", archive({"bootstrap": program}), "provided.al2023", "bootstrap", Timeout=20)
    assert invoke(functions, "shell") == "from a shell"


def test_versions_keep_their_code_and_aliases_lead_to_them(cloud):
    functions = cloud.client("lambda")
    code = "['%s', context.functionVersion, context.invokedFunctionArn.split(':').slice(6).join(':')]"
    create(functions, "versions", node(code % "one"), Publish=True)
    functions.update_function_code(FunctionName="versions", ZipFile=node(code % "two"), Publish=True)
    functions.update_function_code(FunctionName="versions", ZipFile=node(code % "three"))
    assert invoke(functions, "versions", Qualifier="1") == ["one", "1", "versions:1"]
    assert invoke(functions, "versions:2") == ["two", "2", "versions:2"]
    assert invoke(functions, "versions") == ["three", "$LATEST", "versions"]
    functions.create_alias(FunctionName="versions", Name="live", FunctionVersion="1")
    answer = functions.invoke(FunctionName="versions", Qualifier="live")
    assert json.loads(answer["Payload"].read()) == ["one", "1", "versions:live"]
    assert answer["ExecutedVersion"] == "1"
    functions.update_alias(FunctionName="versions", Name="live",
                           RoutingConfig={"AdditionalVersionWeights": {"2": 0.5}})
    seen = {invoke(functions, "versions", Qualifier="live")[0] for _ in range(60)}
    assert seen == {"one", "two"}
    functions.update_alias(FunctionName="versions", Name="live", FunctionVersion="2", RoutingConfig={})
    assert {invoke(functions, "versions", Qualifier="live")[0] for _ in range(10)} == {"two"}


def test_an_alias_can_be_invoked_asynchronously_with_settings_of_its_own(cloud):
    functions = cloud.client("lambda")
    create(functions, "later", node("console.log('done by', context.invokedFunctionArn)"), Publish=True)
    functions.create_alias(FunctionName="later", Name="live", FunctionVersion="1")
    functions.put_function_event_invoke_config(FunctionName="later", Qualifier="live", MaximumRetryAttempts=0)
    functions.invoke(FunctionName="later", Qualifier="live", InvocationType="Event")
    line = "later:1: done by arn:aws:lambda:us-east-1:000000000000:function:later:live"
    eventually(lambda: line in cloud.output())
    # It is a rule's target, too.
    events = cloud.client("events")
    events.put_rule(Name="to-alias", EventPattern=json.dumps({"source": ["test.alias"]}))
    arn = "arn:aws:lambda:us-east-1:000000000000:function:later:live"
    events.put_targets(Rule="to-alias", Targets=[{"Id": "1", "Arn": arn}])
    events.put_events(Entries=[{"Source": "test.alias", "DetailType": "t", "Detail": "{}"}])
    eventually(lambda: cloud.output().count(line) == 2)


def test_layers_are_on_the_paths_of_functions(cloud):
    functions = cloud.client("lambda")
    layer = functions.publish_layer_version(LayerName="tools", Content={"ZipFile": archive({
        "nodejs/node_modules/greets/index.js": "module.exports = (name) => 'hello ' + name;",
        "python/greets.py": "def greet(name): return 'hello ' + name\n"})})["LayerVersionArn"]
    create(functions, "with-layer", node("require('greets')('node')"), Layers=[layer])
    assert invoke(functions, "with-layer") == "hello node"
    create(functions, "with-layer-py", archive({"index.py": "import greets\ndef handler(event, context): "
                                                "return greets.greet('python')\n"}), "python3.11", Layers=[layer])
    functions.delete_layer_version(LayerName="tools", VersionNumber=1)
    assert invoke(functions, "with-layer-py") == "hello python"


def test_an_archive_that_becomes_too_large_is_refused(cloud):
    functions = cloud.client("lambda")
    with pytest.raises(functions.exceptions.InvalidParameterValueException) as refused:
        create(functions, "bomb", archive({"index.js": b"\0" * (262_144_000 + 1)}))
    assert refused.value.response["Error"]["Message"] == "Unzipped size must be smaller than 262144000 bytes"


def test_a_response_comes_as_a_stream(cloud):
    functions = cloud.client("lambda")
    create(functions, "streams", archive({"index.js": """
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  if (event.fail) throw new RangeError('in the middle');
  stream.write('x'.repeat(100000));
  stream.write(' and more');
  stream.end();
});"""}))
    events = list(functions.invoke_with_response_stream(FunctionName="streams")["EventStream"])
    assert len(events) > 2 and events[-1] == {"InvokeComplete": {}}
    assert b"".join(event["PayloadChunk"]["Payload"] for event in events[:-1]) == b"x" * 100000 + b" and more"
    failed = list(functions.invoke_with_response_stream(FunctionName="streams", Payload=b'{"fail": 1}', LogType="Tail")["EventStream"])
    assert failed[-1]["InvokeComplete"]["ErrorCode"] == "RangeError"
    assert "in the middle" in failed[-1]["InvokeComplete"]["ErrorDetails"]
    assert failed[-1]["InvokeComplete"]["LogResult"]


STREAMS_ON_DEMAND = """
const fs = require('fs');
exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {
  for (let i = 1; i <= 3; ++i) {
    stream.write('part ' + i);
    while (!fs.existsSync(event.folder + '/' + i)) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  if (event.fail) throw new RangeError('in the middle');
  if (event.exit) process.exit(3);
  stream.end();
  fs.writeFileSync(event.folder + '/ended', context.awsRequestId);
});"""


@pytest.fixture
def on_demand(cloud, tmp_path):
    """A function that writes the next part when the test has seen the last one."""
    functions = cloud.client("lambda")
    if "on-demand" not in [one["FunctionName"] for one in functions.list_functions()["Functions"]]:
        create(functions, "on-demand", archive({"index.js": STREAMS_ON_DEMAND}), Timeout=20)

    def begin(**event):
        answer = functions.invoke_with_response_stream(FunctionName="on-demand",
                                                       Payload=json.dumps(dict(event, folder=str(tmp_path))))
        return iter(answer["EventStream"])
    return begin


def test_a_stream_comes_part_by_part(on_demand, tmp_path):
    events = on_demand()
    for part in (1, 2, 3):
        assert next(events) == {"PayloadChunk": {"Payload": b"part %d" % part}}
        (tmp_path / str(part)).touch()
    assert list(events) == [{"InvokeComplete": {}}]


def test_a_stream_that_fails_says_so_at_its_end(on_demand, tmp_path):
    for part in (1, 2, 3):
        (tmp_path / str(part)).touch()
    *parts, last = on_demand(fail=True)
    assert b"".join(part["PayloadChunk"]["Payload"] for part in parts) == b"part 1part 2part 3"
    assert last["InvokeComplete"]["ErrorCode"] == "RangeError"
    assert json.loads(last["InvokeComplete"]["ErrorDetails"])["errorMessage"] == "in the middle"
    *parts, last = on_demand(exit=True)
    assert last["InvokeComplete"]["ErrorCode"] == "Runtime.TruncatedResponse"


def test_a_function_runs_to_its_end_when_its_client_has_gone(cloud, tmp_path):
    functions = cloud.client("lambda")
    create(functions, "left-alone", archive({"index.js": STREAMS_ON_DEMAND}), Timeout=20)
    answer = functions.invoke_with_response_stream(FunctionName="left-alone", Payload=json.dumps({"folder": str(tmp_path)}))
    assert next(iter(answer["EventStream"]))
    answer["EventStream"].close()
    for part in (1, 2, 3):
        (tmp_path / str(part)).touch()
    eventually((tmp_path / "ended").exists, "the function ends")


def peak_kb(cloud):
    status = pathlib.Path("/proc/%d/status" % cloud.process.pid).read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1))


def test_a_large_stream_needs_little_memory_of_the_cloud(cloud):
    functions = cloud.client("lambda")
    create(functions, "large", archive({"index.js": """
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  const part = Buffer.alloc(1 << 20, 'x');
  for (let i = 0; i < event.parts; ++i) {
    if (!stream.write(part)) await new Promise((resolve) => stream.once('drain', resolve));
  }
  stream.end();
});"""}), Timeout=120, MemorySize=512)
    before = peak_kb(cloud)
    length = 0
    for event in functions.invoke_with_response_stream(FunctionName="large", Payload=b'{"parts": 60}')["EventStream"]:
        length += len(event.get("PayloadChunk", {}).get("Payload", b""))
    assert event == {"InvokeComplete": {}} and length == 60 << 20
    assert peak_kb(cloud) < before + 30_000
    # Who wants the answer whole gets no more than 6 MB.
    answer = functions.invoke(FunctionName="large", Payload=b'{"parts": 7}')
    assert answer["FunctionError"] == "Unhandled"
    assert json.loads(answer["Payload"].read())["errorType"] == "Function.ResponseSizeTooLarge"


def test_functions_are_there_after_a_kill_and_in_a_snapshot(folder):
    with Cloud(folder / "first") as cloud:
        functions = cloud.client("lambda")
        create(functions, "kept", node("'kept'"), Publish=True)
        functions.create_alias(FunctionName="kept", Name="live", FunctionVersion="1")
        cloud.kill()
        cloud.start()
        functions = cloud.client("lambda")
        assert invoke(functions, "kept", Qualifier="live") == "kept"
        assert functions.get_function(FunctionName="kept")["Configuration"]["CodeSize"] > 0
        cloud.ddblog("snapshot", "save", folder / "snapshot")
    with Cloud(folder / "second") as other:
        other.ddblog("snapshot", "load", folder / "snapshot", "--yes")
        eventually(lambda: invoke(other.client("lambda"), "kept", Qualifier="live") == "kept")


def test_a_mapping_is_made_changed_and_deleted(cloud):
    functions, tables = cloud.client("lambda"), cloud.client("dynamodb")
    create(functions, "reads", node("event.Records.forEach((record) => console.log('got', record.dynamodb.Keys.pk.S))"))
    stream = tables.create_table(
        TableName="source", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})["TableDescription"]["LatestStreamArn"]

    def put(name):
        tables.put_item(TableName="source", Item={"pk": {"S": name}})

    def state():
        return functions.get_event_source_mapping(UUID=uuid)["State"]

    def got(name):
        return "reads: got %s\n" % name in cloud.output()

    put("before")
    uuid = functions.create_event_source_mapping(FunctionName="reads", EventSourceArn=stream, StartingPosition="LATEST")["UUID"]
    eventually(lambda: state() == "Enabled")
    put("first")
    eventually(lambda: got("first"))
    assert not got("before")
    functions.update_event_source_mapping(UUID=uuid, Enabled=False)
    eventually(lambda: state() == "Disabled")
    put("second")
    # It goes on where it was, in a new cloud too.
    cloud.restart()
    functions, tables = cloud.client("lambda"), cloud.client("dynamodb")
    assert state() == "Disabled"
    assert not got("second")
    functions.update_event_source_mapping(UUID=uuid, Enabled=True, BatchSize=1)
    eventually(lambda: got("second"))
    assert state() == "Enabled"
    assert cloud.output().count("reads: got first\n") == 1
    functions.delete_event_source_mapping(UUID=uuid)

    def is_gone():
        try:
            return state() != "Deleting" and None
        except functions.exceptions.ResourceNotFoundException:
            return True

    eventually(is_gone)
    put("third")
    # A new one begins anew.
    uuid = functions.create_event_source_mapping(FunctionName="reads", EventSourceArn=stream, StartingPosition="TRIM_HORIZON")["UUID"]
    eventually(lambda: got("before") and got("third"))
    eventually(lambda: cloud.output().count("reads: got first\n") == 2)
