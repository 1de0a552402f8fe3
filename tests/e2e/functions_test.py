"""Functions in every runtime: what they are given, what they answer, and how they end."""
import base64
import concurrent.futures
import json
import os
import re
import signal

import pytest

from cloud import REGION, Cloud, alive, app, eventually, records


@pytest.fixture(scope="module")
def cloud(folder):
    template = app("functions", folder)
    with Cloud(folder, template) as running:
        running.records = template.parent
        yield running


def invoke(cloud, name, event=None, **arguments):
    """The answer's payload, parsed, and whether it is an error."""
    answer = cloud.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event if event is not None else {}), **arguments)
    return json.loads(answer["Payload"].read()), answer.get("FunctionError")


@pytest.mark.parametrize("name, style", [("common-js", "common"), ("callback", "callback"), ("module", "module"),
                                         ("type-module", "type-module"), ("python", "python"), ("shell", "shell")])
def test_a_function_of_each_kind_answers(cloud, name, style):
    event = {"word": "hej, åäö 🎈", "number": 12345678901234567890, "deep": [[{"a": None}]]}
    if style in ("common", "callback", "module", "type-module"):
        event["number"] = 1.5  # JavaScript's own numbers are doubles
    answer, error = invoke(cloud, name, event)
    assert error is None, answer
    assert answer["style"] == style
    assert answer["event"] == event


def test_a_callback_gives_errors_too(cloud):
    answer, error = invoke(cloud, "callback", {"fail": "out of range"})
    assert error == "Unhandled"
    assert (answer["errorType"], answer["errorMessage"]) == ("RangeError", "out of range")


def test_a_function_finds_the_environment_that_lambda_sets(cloud):
    for name, runtime in (("python", "AWS_Lambda_python3.13"), ("module", "AWS_Lambda_nodejs20.x")):
        environment = invoke(cloud, name)[0]["environment"]
        assert environment["AWS_ENDPOINT_URL"] == cloud.url
        assert environment["IS_OFFLINE"] == "true"
        assert environment["AWS_REGION"] == environment["AWS_DEFAULT_REGION"] == REGION
        assert environment["AWS_LAMBDA_FUNCTION_NAME"] == name
        assert environment["AWS_LAMBDA_FUNCTION_VERSION"] == "$LATEST"
        assert environment["AWS_EXECUTION_ENV"] == runtime
        assert environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == ("512" if name == "python" else "128")
        for variable in ("_HANDLER", "LAMBDA_TASK_ROOT", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
                         "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_LAMBDA_RUNTIME_API"):
            assert environment.get(variable), variable
    answer = invoke(cloud, "python")[0]
    assert answer["greeting"] == "hej, åäö"
    assert answer["name"] == "python"
    assert answer["memory"] in ("512", 512)
    assert answer["arn"] == "arn:aws:lambda:us-east-1:000000000000:function:python"
    assert answer["remaining"] is True


def test_what_a_function_writes_has_its_name_before_it(cloud):
    invoke(cloud, "common-js", {"word": "the log line"})
    invoke(cloud, "python")
    invoke(cloud, "module")
    for name, text in (("common-js", "common sees the log line"), ("python", "python on standard output"),
                       ("python", "python on standard error"), ("module", "module on standard error")):
        line = re.compile(r"^.*\b%s\b.*: .*%s$" % (re.escape(name), re.escape(text)), re.M)
        eventually(lambda: line.search(cloud.output()), "a line of %s: %s" % (name, text))


def test_an_error_says_what_and_where(cloud):
    answer, error = invoke(cloud, "throws", {"a": 1})
    assert error == "Unhandled"
    assert (answer["errorType"], answer["errorMessage"]) == ("ValueError", "this always fails: {'a': 1}")
    assert any("functions.py" in line for line in answer["stackTrace"])
    answer, error = invoke(cloud, "throws-node")
    assert error == "Unhandled"
    assert (answer["errorType"], answer["errorMessage"]) == ("TypeError", "this always fails")
    assert any("common.cjs" in line for line in answer["trace"])


def test_a_function_whose_process_ends_is_an_error_and_gets_a_new_one(cloud):
    for _ in range(2):
        answer, error = invoke(cloud, "exits")
        assert error == "Unhandled"
        assert "exit status 3" in answer["errorMessage"]
    assert cloud.answers()


@pytest.mark.parametrize("name, words", [("no-such-handler", "missing"), ("no-such-module", "missing")])
def test_a_handler_that_is_not_there_is_an_error(cloud, name, words):
    answer, error = invoke(cloud, name)
    assert error == "Unhandled"
    assert words in answer["errorMessage"]


def test_a_function_that_takes_too_long_is_ended_and_a_fresh_one_starts(cloud):
    first, error = invoke(cloud, "slow", {"seconds": 0})
    assert error is None
    answer, error = invoke(cloud, "slow", {"seconds": 60})
    assert error == "Unhandled"
    assert re.search(r"Task timed out after 2\.00 seconds", answer["errorMessage"]), answer
    second, error = invoke(cloud, "slow", {"seconds": 0})
    assert error is None
    assert second["pid"] != first["pid"]
    ended = [one["pid"] for one in records(cloud.records, "slow") if one["seconds"] == 60]
    assert not any(map(alive, ended)), "the process that took too long could still do something"


def test_reserved_concurrency_is_kept(cloud):
    functions = cloud.client("lambda", max_pool_connections=8)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        def one(number):
            try:
                functions.invoke(FunctionName="one-at-a-time", Payload=json.dumps({"number": number, "seconds": 0.3}))
                return "done"
            except functions.exceptions.TooManyRequestsException as refused:
                assert refused.response["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
                assert refused.response["ResponseMetadata"]["HTTPHeaders"]["retry-after"] == "1"
                return "refused"
        results = list(pool.map(one, range(6)))
    assert "done" in results and "refused" in results
    with pytest.raises(functions.exceptions.TooManyRequestsException):
        functions.invoke(FunctionName="never")


def test_asynchronous_invocations_wait_for_the_one_process(cloud):
    functions = cloud.client("lambda")
    for number in range(100, 104):
        functions.invoke(FunctionName="one-at-a-time", InvocationType="Event", Payload=json.dumps({"number": number, "seconds": 0.05}))
    done = eventually(lambda: [times] if len(times := [
        (one["begin"], one["end"]) for one in records(cloud.records, "one") if one["number"] >= 100]) == 4 else [])[0]
    done.sort()
    assert all(before[1] <= after[0] for before, after in zip(done, done[1:])), "two at a time: %s" % done


def test_a_function_process_killed_by_hand_is_an_error_of_that_invocation_only(cloud):
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        before = len(records(cloud.records, "slow"))
        running = pool.submit(invoke, cloud, "slow", {"seconds": 0.8})
        victim = eventually(lambda: records(cloud.records, "slow")[before:])[0]["pid"]
        os.kill(victim, signal.SIGKILL)
        answer, error = running.result(20)
    assert error == "Unhandled"
    assert "signal: killed" in answer["errorMessage"]
    assert invoke(cloud, "slow", {"seconds": 0})[1] is None
    assert cloud.answers()


def test_the_tail_of_the_log_is_given_back(cloud):
    answer = cloud.client("lambda").invoke(FunctionName="python", Payload=b"{}", LogType="Tail")
    tail = base64.b64decode(answer["LogResult"]).decode()
    request = json.loads(answer["Payload"].read())["requestId"]
    assert "START RequestId: " + request in tail
    assert "python on standard output" in tail
    assert re.search(r"REPORT RequestId: %s\s+Duration: [0-9.]+ ms" % request, tail)


def test_a_large_answer_and_a_large_event(cloud):
    text = "x" * 2_000_000
    answer, error = invoke(cloud, "common-js", {"word": text})
    assert error is None
    assert answer["event"]["word"] == text
    functions = cloud.client("lambda")
    with pytest.raises(functions.exceptions.RequestTooLargeException):
        functions.invoke(FunctionName="common-js", Payload=json.dumps({"word": "x" * 6_300_000}))
