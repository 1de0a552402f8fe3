"""The worst legal request of each kind that runs on the writer: how long does an append of somebody else wait meanwhile?

Promised: no single write holds up an append for longer than 50 ms on an idle machine; a transaction
of a hundred large items only for as long as it takes to write them. The figures are the longest wait of a probe that
appends all the time; docs/performance.md shows them. The limits here leave room for a busy machine.
"""
import json
import threading
import time

import probe
from probe import clouds

TABLE, INDEXED, STREAM = "slow", "slow-indexed", clouds.LOG_TABLE
KB = 1000
LONGEST_MS, LONGEST_TRANSACTION_MS = 300, 5000


def key(name):
    return {"pk": {"S": name}}


def number_set(bytes_wanted, start=0, step=1):
    """Numbers of four digits or more cost three bytes each."""
    return {"NS": [str(1000 + start + number * step) for number in range(bytes_wanted // 4)]}


def string_set(bytes_wanted, tag=""):
    return {"SS": ["%s%05x" % (tag, number) for number in range(bytes_wanted // (5 + len(tag)))]}


def numbers(bytes_wanted):
    return {"L": [{"N": "1"}] * (bytes_wanted // 3)}


def nested(bytes_wanted):
    """Maps in maps, each beside a text."""
    value = {"S": "x"}
    for _ in range(28):
        value = {"M": {"a": value, "b": {"S": "x" * (bytes_wanted // 30)}}}
    return value


def repeated(term, by=" or "):
    """As many terms as an expression may have."""
    count = 4096 // (len(term) + len(by))
    return by.join([term] * min(count, 149))


def update(item, expression=None, condition=None, values=None, names=None):
    request = {"TableName": TABLE, "Key": key(item)}
    for name, part in (("UpdateExpression", expression), ("ConditionExpression", condition),
                       ("ExpressionAttributeValues", values), ("ExpressionAttributeNames", names)):
        if part:
            request[name] = part
    return request


# Items before the request, and the request.
def kinds():
    big_list, big_numbers, big_strings = numbers(390 * KB), number_set(390 * KB), string_set(390 * KB)
    halves = {"a": numbers(190 * KB), "b": numbers(190 * KB)}
    some = [":v%d" % number for number in range(100)]
    yield "put of a number set", {}, "PutItem", {"TableName": TABLE, "Item": dict(key("n"), a=big_numbers)}
    yield "put of a list", {}, "PutItem", {"TableName": TABLE, "Item": dict(key("l"), a=big_list)}
    yield ("put of 50,000 attributes", {}, "PutItem",
           {"TableName": TABLE, "Item": dict(key("m"), **{"%04x" % n: {"S": ""} for n in range(60_000)})})
    yield ("update of a list", {"l": {"a": big_list}}, "UpdateItem", update("l", "SET c = :one", values={":one": {"N": "1"}}))
    yield ("update of a number set", {"n": {"a": big_numbers}}, "UpdateItem",
           update("n", "SET c = :one", values={":one": {"N": "1"}}))
    yield ("add to a number set", {"n": {"a": number_set(190 * KB)}}, "UpdateItem",
           update("n", "ADD a :more", values={":more": number_set(190 * KB, start=100_000)}))
    yield ("delete from a string set", {"s": {"a": big_strings}}, "UpdateItem",
           update("s", "DELETE a :less", values={":less": big_strings}))
    yield ("contains in a list", {"l": {"a": big_list}}, "UpdateItem",
           update("l", "SET c = :none", repeated("contains(a,:none)"), {":none": {"N": "2"}}))
    yield ("contains of many in a list", {"l": {"a": big_list}}, "UpdateItem",
           update("l", "SET c = :v1", " or ".join("contains(a,%s)" % one for one in some),
                  {one: {"S": one} for one in some}))
    yield ("contains in a text", {"t": {"a": {"S": "a" * 390 * KB}}}, "UpdateItem",
           update("t", "SET c = :none", repeated("contains(a,:none)"), {":none": {"S": "a" * 200 + "b"}}))
    yield ("contains of long texts", {"t": {"a": {"S": "a" * 390 * KB}}}, "UpdateItem",
           update("t", "SET c = :none", repeated("contains(a,:none)"), {":none": {"S": "b" + "a" * 100 * KB}}))
    yield ("equal lists", {"l": halves}, "UpdateItem", update("l", "SET c = :one", repeated("a<>b"), {":one": {"N": "1"}}))
    yield ("in lists", {"l": dict(halves, c={"S": ""})}, "UpdateItem",
           update("l", "SET c = :one", "not a in (%s)" % ",".join(["b"] * 99 + [":one"]), {":one": {"N": "1"}}))
    yield ("in equal lists but one", {"l": {"a": numbers(190 * KB), "b": {"L": numbers(190 * KB)["L"][:-1] + [{"N": "2"}]}}},
           "UpdateItem", update("l", "SET c = :one", "not a in (%s)" % ",".join(["b"] * 99 + [":one"]), {":one": {"N": "1"}}))
    yield ("size of a list", {"l": {"a": big_list}}, "UpdateItem",
           update("l", "SET c = :one", "not (%s)" % repeated("size(a)<:one"), {":one": {"N": "1"}}))
    yield ("nested paths", {"d": {"a": nested(390 * KB)}}, "UpdateItem",
           update("d", "SET c = :one", "not (%s)" % repeated("size(%s)<:one" % ".".join("a" * 20)), {":one": {"N": "1"}}))
    yield ("removes of list elements", {"l": {"a": big_list}}, "UpdateItem",
           update("l", "REMOVE " + ",".join("a[%d]" % index for index in range(290))))
    yield ("list_append", {"l": {"a": numbers(100 * KB)}}, "UpdateItem",
           update("l", "SET " + ",".join("b%d=list_append(a,:e)" % n for n in range(100)), values={":e": {"L": []}}))
    hundred = {"t%d" % n: {"a": big_numbers} for n in range(100)}
    yield ("transaction of 100 number sets", hundred, "TransactWriteItems",
           {"TransactItems": [{"Update": update("t%d" % n, "SET c = :one", values={":one": {"N": "1"}})} for n in range(100)]})
    lists = {"t%d" % n: {"a": big_list} for n in range(100)}
    yield ("transaction of 100 contains", lists, "TransactWriteItems",
           {"TransactItems": [{"Update": update("t%d" % n, "SET c = :none", "not (%s)" % repeated("contains(a,:none)"),
                                                {":none": {"N": "2"}})} for n in range(100)]})
    yield ("batch of 25 texts into 20 indexes", {}, "BatchWriteItem",
           {"RequestItems": {INDEXED: [{"PutRequest": {"Item": dict(key("p%d" % n), g={"S": "g"}, a={"S": "x" * 390 * KB})}}
                                       for n in range(25)]}})
    yield ("batch of 25 number sets", {}, "BatchWriteItem",
           {"RequestItems": {TABLE: [{"PutRequest": {"Item": dict(key("b%d" % n), a=number_set(250 * KB))}} for n in range(25)]}})
    yield ("PartiQL transaction of 100", hundred, "ExecuteTransaction",
           {"TransactStatements": [{"Statement": 'UPDATE "%s" SET c=1 WHERE pk=\'t%d\'' % (TABLE, n)} for n in range(100)]})


def create_tables(wire):
    attributes = [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "g")]
    hash_key = [{"AttributeName": "pk", "KeyType": "HASH"}]
    wire.call("CreateTable", {"TableName": TABLE, "AttributeDefinitions": attributes[:1], "KeySchema": hash_key,
                              "BillingMode": "PAY_PER_REQUEST", "StreamSpecification": {
                                  "StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}})
    wire.call("CreateTable", {
        "TableName": INDEXED, "AttributeDefinitions": attributes, "KeySchema": hash_key, "BillingMode": "PAY_PER_REQUEST",
        "GlobalSecondaryIndexes": [{"IndexName": "index%d" % number, "Projection": {"ProjectionType": "ALL"},
                                    "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}]} for number in range(20)]})


def send(wire, operation, body):
    wire.connection.request("POST", "/", body, dict(clouds.SIGNED, **{
        "X-Amz-Target": "DynamoDB_20120810." + operation, "Content-Type": "application/x-amz-json-1.0"}))
    response = wire.connection.getresponse()
    text = response.read().decode()
    return "200" if response.status == 200 else "%s %s" % (response.status, text[:60])


def attack(cloud, short=False):
    figures = {}
    wire = clouds.Wire(cloud.url, timeout=300)
    create_tables(wire)
    for name, items, operation, request in kinds():
        if short and ("100" in name or "25" in name):
            continue
        for item, attributes in items.items():
            wire.call("PutItem", {"TableName": TABLE, "Item": dict(key(item), **attributes)})
        body = json.dumps(request)  # before the probe begins: Python's encoder would keep the probe from running
        time.sleep(0.3)
        with probe.Probe(cloud, pause_seconds=0) as watched:
            watched.over.wait(0.1)
            begin = time.monotonic()
            answer = send(wire, operation, body)
            took = time.monotonic() - begin
            watched.over.wait(0.1)
        figures[name] = {"append_waited_ms": round(watched.longest_ms), "took_ms": round(took * 1000), "answer": answer}
        print("%-40s %6d ms %6d ms  %s" % (name, watched.longest_ms, took * 1000, answer), flush=True)
    for name, of_kind in figures.items():
        limit = LONGEST_TRANSACTION_MS if name.startswith(("transaction", "PartiQL", "batch")) else LONGEST_MS
        assert of_kind["append_waited_ms"] < limit, (name, of_kind)
    return figures
