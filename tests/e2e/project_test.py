"""`project status|rebuild`: read models in Python, which a function builds, and makes new."""
import json
import os

import pytest

from cloud import BINARY, Cloud, free_ports, run
from terminal import Terminal

OK, FAILURE, USAGE, NOT_REACHABLE, REFUSED = 0, 1, 2, 4, 5

# The handler of `init --lang python`, with a second generation once the file @FLAG@ is there.
HANDLER = '''
import os

from dynamodb_log import EventLog, Projector


def orders(generation, field):
    projector = Projector(EventLog.connect("local"), "orders", type="order", generation=generation)

    @projector.on("placed")
    def placed(event, order):
        order[field] = event.payload["customer"]

    @projector.on("paid")
    def paid(event, order):
        if os.path.exists(FLAG + "-refuses"):
            raise ValueError("no payments today")
        order["paid"] = True

    return projector


FLAG = "@FLAG@"
first, second = orders("", "customer"), orders("v2", "name")


def handler(event, context):
    if os.path.exists(FLAG):
        second.handle(event)
    first.handle(event)
'''


@pytest.fixture(scope="module")
def shop(folder):
    run(BINARY, "init", "shop", "--lang", "python", cwd=folder)
    (folder / "shop/src/orders.py").write_text(HANDLER.replace("@FLAG@", str(folder / "flag")))
    with Cloud(folder / "shop", in_memory=True) as running:
        running.flag = folder / "flag"
        yield running


@pytest.fixture
def cloud(shop):
    shop.reset()
    for end in ("", "-refuses"):
        if os.path.exists(str(shop.flag) + end):
            os.remove(str(shop.flag) + end)
    for id in ("1", "2", "3"):
        shop.ddblog("append", "orders", id, "placed", '{"customer": "Ada"}')
    shop.ddblog("append", "orders", "1", "paid", "{}")
    shop.ddblog("settle", "--timeout", "120")
    return shop


def one_line(done):
    assert len(done.stderr.splitlines()) == 1, done
    return done.stderr


def status(cloud, *arguments):
    return [json.loads(line) for line in cloud.ddblog("project", "status", *arguments, "-o", "jsonl").stdout.splitlines()]


def key(name):
    return {"pk": {"S": name}, "sk": {"S": name}}


def item(cloud, name):
    return cloud.client("dynamodb").get_item(TableName="local-core", Key=key(name), ConsistentRead=True).get("Item")


def spoil(cloud, name):
    """Another value than that which the events make."""
    cloud.client("dynamodb").update_item(TableName="local-core", Key=key(name), UpdateExpression="SET customer = :wrong",
                                         ExpressionAttributeValues={":wrong": {"S": "nobody"}})


def test_status_says_how_far_behind_read_models_are(cloud):
    assert status(cloud) == [{"log": "orders", "type": "order", "generation": "", "current": True, "streams": 3,
                              "behind": 0, "missing": 0, "eventsBehind": 0, "ahead": 0, "worst": []}]
    assert cloud.ddblog("project", "status", "--fail-behind").returncode == OK
    dynamodb = cloud.client("dynamodb")
    dynamodb.delete_item(TableName="local-core", Key=key("orders#1"))
    dynamodb.update_item(TableName="local-core", Key=key("orders#2"), UpdateExpression="SET version = :five",
                         ExpressionAttributeValues={":five": {"N": "5"}})
    (found,) = status(cloud, "orders")
    assert (found["behind"], found["missing"], found["eventsBehind"], found["ahead"]) == (1, 1, 2, 1)
    assert found["worst"] == [{"id": "2", "version": 5, "end": 1}, {"id": "1", "version": 0, "end": 2}]
    done = cloud.ddblog("project", "status", "--fail-behind", "-o", "table", check=False)
    assert done.returncode == FAILURE and done.stdout.splitlines()[0].split()[:4] == ["log", "type", "generation", "current"]
    assert "orders 1 (order): no read model of 2 events" in done.stdout
    assert "orders 2 (order): at version 5, but the log ends at 1" in done.stdout
    none = cloud.ddblog("project", "status", "users")
    assert none.stdout == "" and "has no read models of the log users" in one_line(none)


def test_rebuild_makes_each_read_model_new_in_its_place(cloud):
    before = item(cloud, "orders#1")
    spoil(cloud, "orders#1")
    cloud.client("dynamodb").delete_item(TableName="local-core", Key=key("orders#3"))
    refused = cloud.ddblog("project", "rebuild", "orders", check=False)
    assert refused.returncode == USAGE and "use --yes" in one_line(refused)
    done = cloud.ddblog("project", "rebuild", "orders", "--yes")
    assert done.stdout == "3 read models of orders rebuilt\n"
    assert item(cloud, "orders#1") == before and item(cloud, "orders#3")["version"] == {"N": "1"}
    assert len(cloud.ddblog("read", "orders", "1").stdout.splitlines()) == 2, "the log is as it was"


def test_rebuild_asks(cloud):
    spoil(cloud, "orders#1")
    with Terminal(BINARY, "project", "rebuild", "orders", environment=cloud.environment_of_clients()) as terminal:
        terminal.expect("let the function Orders make it new? [y/N]")
        terminal.type("n\n")
        terminal.expect("Nothing was changed.")
        assert terminal.end() == FAILURE
    assert item(cloud, "orders#1")["customer"] == {"S": "nobody"}


def test_a_read_model_that_cannot_be_made_is_put_back(cloud):
    before = item(cloud, "orders#1")
    open(str(cloud.flag) + "-refuses", "w").close()
    done = cloud.ddblog("project", "rebuild", "orders", "--yes", "--keep-going", check=False)
    assert done.returncode == FAILURE and done.stdout == ""
    first, last = done.stderr.splitlines()
    assert first == "orders 1: the function Orders failed: ValueError: no payments today"
    assert last.endswith("2 of 3 streams of orders are rebuilt. The others are as far as they were.")
    assert item(cloud, "orders#1") == before
    os.remove(str(cloud.flag) + "-refuses")
    assert cloud.ddblog("project", "rebuild", "orders", "--yes").returncode == OK


def test_a_generation_is_built_beside_the_old_one_and_becomes_current(cloud):
    done = cloud.ddblog("project", "rebuild", "orders", "--generation", "v2", "--switch", check=False)
    assert done.returncode == FAILURE and "the read model v2/orders#" in done.stderr
    assert done.stderr.splitlines()[-1].endswith("Does the function project the generation v2?")
    open(cloud.flag, "w").close()
    done = cloud.ddblog("project", "rebuild", "orders", "--generation", "v2", "--switch")
    assert done.stdout == "3 read models of orders rebuilt\nThe generation v2 is current.\n"
    assert item(cloud, "v2/orders#1")["name"] == {"S": "Ada"} and item(cloud, "orders#1")["customer"] == {"S": "Ada"}
    assert [(one["generation"], one["current"], one["behind"]) for one in status(cloud)] == [("", False, 0), ("v2", True, 0)]
    assert cloud.ddblog("project", "rebuild", "orders", "--generation", "v2").stdout == \
        "0 read models of orders rebuilt, 3 were up to date\n"


def test_what_cannot_be_rebuilt_is_one_line(cloud):
    def refused(*arguments, status=USAGE):
        done = cloud.ddblog("project", "rebuild", *arguments, "--yes", check=False)
        assert done.returncode == status and done.stdout == ""
        return one_line(done)

    assert "The log absent has no streams" in refused("absent")
    assert "--switch goes with --generation" in refused("orders", "--switch")
    cloud.ddblog("append", "users", "1", "signup", "{}")
    assert "no rule of the bus dynamodb-log gives the events of users to a function as they are" in refused("users")
    events = cloud.client("events")
    arn = cloud.client("lambda").get_function_configuration(FunctionName="Trigger")["FunctionArn"]
    events.put_rule(Name="also", EventBusName="dynamodb-log", EventPattern='{"source": ["dynamodb-log"]}')
    events.put_targets(Rule="also", EventBusName="dynamodb-log", Targets=[{"Id": "1", "Arn": arn}])
    try:
        assert "several functions get the events of orders: Orders, Trigger" in refused("orders")
        assert cloud.ddblog("project", "rebuild", "orders", "--yes", "--function", "Orders").returncode == OK
    finally:
        events.remove_targets(Rule="also", EventBusName="dynamodb-log", Ids=["1"])
        events.delete_rule(Name="also", EventBusName="dynamodb-log")
    dead = "http://127.0.0.1:%d" % free_ports(1)[0]
    done = run(BINARY, "project", "status", environment={"AWS_ENDPOINT_URL": dead}, check=False)
    assert done.returncode == NOT_REACHABLE
