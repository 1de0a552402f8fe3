"""Code that changes while the cloud runs: functions run it without a restart, in Node.js, in Python and as a program."""
import json
import pathlib
import re

import pytest

from cloud import Cloud, eventually

TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Node:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: node, Runtime: nodejs20.x, Handler: index.handler, CodeUri: node/}
  Python:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: python, Runtime: python3.11, Handler: index.handler, CodeUri: .}
  Program:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: program, Runtime: provided.al2023, Handler: none, CodeUri: build/, Timeout: 20}
"""

PROGRAM = """#!/bin/sh
while true; do
  id=$(curl -s -D - -o /dev/null "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/next" | tr -d '\\r' |
       sed -n 's/^Lambda-Runtime-Aws-Request-Id: //Ip')
  curl -s -X POST -d '"%s"' "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/$id/response" >/dev/null
done
"""


def write(file, text):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(0o755)


def node(answer):
    return 'import answer from "./lib/answer.mjs";\nexport const handler = async () => answer("%s");\n' % answer


def python(answer):
    return "def handler(event, context):\n    return %r\n" % answer


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "template.yaml", TEMPLATE)
    write(tmp_path / "node/index.mjs", node("old"))
    write(tmp_path / "node/lib/answer.mjs", "export default (text) => text;\n")
    write(tmp_path / "index.py", python("old"))
    write(tmp_path / "build/bootstrap", PROGRAM % "old")
    return tmp_path


def invoke(cloud, name):
    return json.loads(cloud.client("lambda").invoke(FunctionName=name)["Payload"].read())


def test_new_invocations_run_the_changed_code(folder):
    with Cloud(folder, folder / "template.yaml") as cloud:
        assert [invoke(cloud, name) for name in ("node", "python", "program")] == ["old"] * 3
        write(folder / "node/lib/answer.mjs", 'export default (text) => text + ", changed";\n')
        eventually(lambda: invoke(cloud, "node") == "old, changed", "the module is loaded anew")
        write(folder / "index.py", python("changed"))
        eventually(lambda: invoke(cloud, "python") == "changed")
        # A build removes its directory, and makes it anew.
        (folder / "build/bootstrap").unlink()
        (folder / "build").rmdir()
        write(folder / "build/bootstrap", PROGRAM % "changed")
        eventually(lambda: invoke(cloud, "program") == "changed")
        for what in (r"node has changed \(lib/answer\.mjs\)",
                     r"python has changed \((node/lib/answer\.mjs|index\.py)\)",
                     r"program has changed \((build|bootstrap)\)"):
            assert re.search(rf"lambda: the code of {what}: it runs from now on$", cloud.output(), re.M), cloud.output()


def test_a_function_with_an_error_runs_when_it_is_mended(folder):
    write(folder / "index.py", "def handler(event, context) return 1\n")
    with Cloud(folder, folder / "template.yaml") as cloud:
        assert invoke(cloud, "python")["errorType"] == "Runtime.UserCodeSyntaxError"
        write(folder / "index.py", python("mended"))
        eventually(lambda: invoke(cloud, "python") == "mended")


def test_the_data_directory_beside_the_code_is_no_code(folder):
    with Cloud(folder, folder / "template.yaml", data="kept") as cloud:
        assert pathlib.Path(cloud.data).parent == folder
        sqs = cloud.client("sqs")
        url = sqs.create_queue(QueueName="orders")["QueueUrl"]
        for number in range(20):
            sqs.send_message(QueueUrl=url, MessageBody=str(number))
        write(folder / "index.py", python("changed"))
        eventually(lambda: invoke(cloud, "python") == "changed")
        changed = [line for line in cloud.output().splitlines() if "has changed" in line]
        assert len(changed) == 1 and "(index.py)" in changed[0], changed


def test_code_is_not_watched_if_not_wanted(folder):
    with Cloud(folder, folder / "template.yaml", arguments=["--no-watch"]) as cloud, \
            Cloud(folder, folder / "template.yaml", in_memory=True) as watching:
        assert [invoke(one, "python") for one in (cloud, watching)] == ["old", "old"]
        write(folder / "index.py", python("changed"))
        eventually(lambda: invoke(watching, "python") == "changed")
        assert invoke(cloud, "python") == "old"
