"""Functions on the library for C++ (tests/clients/cpp_functions.cc): streamed responses, the cloud's time, and what they do
when they are ended."""
import json
import os
import pathlib
import shutil
import urllib.request

import pytest

from cloud import ROOT, Cloud, alive

PROGRAM = pathlib.Path(os.environ.get("CPP_FUNCTIONS") or ROOT / "build/release/tests/cpp_functions")
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: provided.al2023, CodeUri: code, Timeout: 30, MemorySize: 1024}}
Resources:
  Parts: {Type: AWS::Serverless::Function, Properties: {FunctionName: parts, Handler: parts}}
  Page: {Type: AWS::Serverless::Function, Properties: {FunctionName: page, Handler: page}}
  Time: {Type: AWS::Serverless::Function, Properties: {FunctionName: time, Handler: time}}
  Pid:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: pid, Handler: pid, Environment: {Variables: {SHUTDOWN_FILE: "@FOLDER@/ended"}}}
  Slow:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: slow
      Handler: pid
      Timeout: 1
      Environment: {Variables: {SHUTDOWN_FILE: "@FOLDER@/ended"}}
  Hangs:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: hangs
      Handler: pid
      Environment: {Variables: {SHUTDOWN_FILE: "@FOLDER@/hung", SHUTDOWN_HANGS: "1"}}
"""


def new_cloud(folder):
    code = folder / "code"
    code.mkdir()
    shutil.copy(PROGRAM, code / "bootstrap")
    (folder / "template.yaml").write_text(TEMPLATE.replace("@FOLDER@", str(folder)))
    return Cloud(folder, template=folder / "template.yaml", in_memory=True)


@pytest.fixture(scope="module")
def cloud(folder):
    with new_cloud(folder) as running:
        yield running


def invoke(cloud, name, event=None):
    return cloud.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event or {}))


def streamed(cloud, name, event):
    answer = cloud.client("lambda").invoke_with_response_stream(FunctionName=name, Payload=json.dumps(event))
    *chunks, end = answer["EventStream"]
    return b"".join(chunk["PayloadChunk"]["Payload"] for chunk in chunks), end["InvokeComplete"]


def test_a_response_is_streamed(cloud):
    for count in (3, 100_000, 0):  # again and again by one process
        body, end = streamed(cloud, "parts", {"count": count})
        assert body == b"".join(b"part %d\n" % number for number in range(count))
        assert "ErrorCode" not in end


def test_who_does_not_stream_gets_it_whole(cloud):
    answer = invoke(cloud, "parts", {"count": 2})
    assert answer["Payload"].read() == b"part 0\npart 1\n"
    assert "FunctionError" not in answer


def test_an_exception_ends_the_stream_with_an_error(cloud):
    body, end = streamed(cloud, "parts", {"count": 1, "fail": True})
    assert body == b"part 0\n"
    assert (end["ErrorCode"], json.loads(end["ErrorDetails"])["errorMessage"]) == ("out_of_range", "too many parts")
    assert streamed(cloud, "parts", {"count": 1})[0] == b"part 0\n"  # the process goes on


def test_an_http_response_begins_with_its_head(cloud):
    """As function URLs of AWS read it; there are none offline."""
    head, body = streamed(cloud, "page", {})[0].split(bytes(8))
    assert (json.loads(head), body) == ({"statusCode": 201, "headers": {"x-made-by": "C++"}}, b"<p>Hello</p>")


def test_a_handler_sees_the_clouds_time(cloud):
    request = urllib.request.Request(cloud.url + "/_local/clock", method="POST",
                                     data=b'{"set": "2031-01-01T00:00:00Z", "freeze": true}')
    urllib.request.urlopen(request).close()
    assert int(invoke(cloud, "time")["Payload"].read()) == 1_924_992_000_000


def lines(file):
    return file.read_text().split() if file.exists() else []


def test_an_idle_process_may_end_itself(tmp_path):
    """One that runs an invocation is killed, and so is one that takes too long."""
    with new_cloud(tmp_path) as cloud:
        idle, hanging = (invoke(cloud, name)["Payload"].read().decode() for name in ("pid", "hangs"))
        assert "Task timed out" in json.load(invoke(cloud, "slow", {"wait": True})["Payload"])["errorMessage"]
    assert lines(tmp_path / "ended") == [idle]
    assert lines(tmp_path / "hung") == [hanging]
    assert not [pid for pid in (idle, hanging) if alive(int(pid))]


def test_a_process_whose_cloud_is_killed_ends_at_once(tmp_path):
    cloud = new_cloud(tmp_path).start()
    invoke(cloud, "hangs")
    cloud.kill()
    assert lines(tmp_path / "hung") == []
