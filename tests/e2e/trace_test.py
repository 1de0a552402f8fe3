"""The path of one event: `dynamodb-log trace` and GET /_local/traces, with handlers in three languages, and with faults."""
import json

import pytest

from cloud import CORE_TABLE, USERS, Cloud, app

LOG_TABLE = "local-dynamodb-logs"
FAULTS = "seed=20261128,duplicate=0.3,reorder=0.3,crash-function=0.1,partial-failure=0.1"


def nodes(tree, kind=None):
    """All nodes below, of this kind; each before its children."""
    for node in tree.get("path", tree.get("children", ())):
        if kind in (None, node["kind"]):
            yield node
        yield from nodes(node, kind)


def trace(cloud, id, version, log="users"):
    status, answer = cloud.local("GET", "traces/%s/%s/%d" % (log, id, version))
    assert status == 200, answer
    return answer


@pytest.fixture(scope="module", params=["template.yaml", "template-node.yaml", "template-python.yaml"])
def users(request, tmp_path_factory):
    with Cloud(tmp_path_factory.mktemp("users"), USERS / request.param, in_memory=True) as cloud:
        yield cloud


def test_shows_what_the_handler_wrote(users):
    users.append("ada", 1)
    users.settle()
    users.append("ada", 2, "addPhoneNumber", phoneNumber={"S": "+46 1"})
    users.settle()
    way = trace(users, "ada", 2)
    assert way["event"] == {"log": "users", "id": "ada", "version": 2} and "causedBy" not in way
    assert way["item"]["type"] == {"S": "addPhoneNumber"}
    batch = next(nodes(way, "batch"))
    assert batch["sequenceNumber"].isdigit() and batch["shardId"].startswith("shardId-") and batch["attempt"] == 1
    event = next(nodes(batch, "event"))
    assert event["bus"] == "dynamodb-log" and not event["replay"]
    handled = [node for node in nodes(event, "attempt")]
    assert [(node["attempt"], node["result"]) for node in handled] == [(1, "success")]
    writes = list(nodes(handled[0], "write"))
    assert [write["table"] for write in writes] == [CORE_TABLE]
    assert writes[0]["key"]["pk"] == {"S": "users#ada"} and writes[0]["action"] == "change"
    changes = {change["attribute"]: change for change in writes[0]["changes"]}
    assert changes["phoneNumber"] == {"attribute": "phoneNumber", "after": {"S": "+46 1"}}
    assert changes["version"]["before"] == {"N": "1"} and changes["version"]["after"] == {"N": "2"}


def test_the_command_draws_a_tree(users):
    users.append("tree", 1)
    users.settle()
    lines = users.ddblog("trace", "users", "tree", "1").stdout.splitlines()
    assert lines[0].startswith("users tree version 1: signup")
    assert any("record " in line and "the stream of " + LOG_TABLE in line for line in lines)
    assert any("on the bus dynamodb-log" in line for line in lines)
    assert any('put in local-core: {"pk":"users#tree"' in line for line in lines)
    assert json.loads(users.ddblog("trace", "users", "tree", "1", "-o", "json").stdout)["event"]["id"] == "tree"


def test_an_event_that_is_not_there(users):
    assert users.local("GET", "traces/users/nobody/1")[0] == 404
    assert users.local("GET", "traces/users/nobody/x")[0] == 400
    refused = users.ddblog("trace", "users", "nobody", "1", check=False)
    assert refused.returncode != 0 and "there is no event users nobody 1" in refused.stderr


def test_attempts_that_failed(tmp_path):
    template = app("failures", tmp_path, RETRIES=2, AGE=3600)
    with Cloud(tmp_path, template, in_memory=True) as cloud:
        cloud.append("poison", 1)
        cloud.settle(advance=True)
        way = trace(cloud, "poison", 1)
        function = [node for node in nodes(way, "invocation") if len(node["children"]) > 1][0]
        failed = [node for node in function["children"] if node["kind"] == "attempt"]
        assert [(node["attempt"], node["result"]) for node in failed] == [(n, "failure") for n in (1, 2, 3)]
        assert failed[0]["error"] == "ValueError: cannot handle poison"
        assert any(node.get("what") == "RetriesExhausted" for node in nodes(function, "outcome"))
        listed = cloud.local("GET", "traces?failures=10")[1]["spans"]
        assert {"log": "users", "id": "poison", "version": 1} in [span.get("event") for span in listed]
        assert cloud.local("GET", "traces?slowest=1")[1]["spans"][0]["kind"] == "attempt"
        assert len(cloud.local("GET", "traces?last=2")[1]["spans"]) == 2


def test_faults_are_attempts_of_their_own(tmp_path):
    with Cloud(tmp_path, USERS / "template-python.yaml", ["--faults", FAULTS], in_memory=True) as cloud:
        ids = ["u%d" % number for number in range(30)]
        for id in ids:
            cloud.append(id, 1)
        cloud.settle(advance=True)
        for id in ids:
            way = trace(cloud, id, 1)
            assert not way["isTruncated"]
            writes = [write for write in nodes(way, "write") if write["key"]["pk"] == {"S": "users#" + id}]
            assert sum(write["action"] == "put" for write in writes) == 1, json.dumps(way, indent=1)
            for attempt in nodes(way, "attempt"):
                assert (attempt["result"] == "success") != ("error" in attempt)
        ways = [trace(cloud, id, 1) for id in ids]
        assert any(len([node for node in nodes(way, "attempt")]) > 2 for way in ways)
        assert any(node["result"] == "failure" for way in ways for node in nodes(way, "attempt"))
