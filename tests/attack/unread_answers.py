"""100 clients ask for 16 MB each by BatchGetItem and do not read the answers.

Promised: less than 1 GiB, an append of somebody else takes less than a second, whoever reads gets its answer
nevertheless, memory is given back.
"""
import json
import time

import probe
from probe import clouds

ITEMS = 41  # of 400 KB: a little more than an answer can have


def key(number):
    return {"pk": {"S": "large"}, "sk": {"N": str(number)}}


def put_items(cloud):
    wire = clouds.Wire(cloud.url)
    for number in range(ITEMS):
        wire.call("PutItem", {"TableName": clouds.LOG_TABLE, "Item": dict(key(number), text={"S": "x" * 400_000})})


def attack(cloud, short=False, alone=True):
    connections, seconds = (40, 5) if short else (100, 15)
    if alone:
        put_items(cloud)
    request = {"RequestItems": {clouds.LOG_TABLE: {"Keys": [key(number) for number in range(ITEMS)]}}}
    body = json.dumps(request).encode()
    clients = [probe.connect(cloud, receive_buffer=4096) for _ in range(connections)]
    with probe.Probe(cloud) as watched:
        for client in clients:
            client.sendall(probe.head("BatchGetItem", len(body)) + body)
        begin = time.monotonic()
        answer = clouds.Wire(cloud.url, timeout=120).call("BatchGetItem", request)
        waited = time.monotonic() - begin
        watched.over.wait(max(0, seconds - waited))
    assert answer["Responses"][clouds.LOG_TABLE], "the client that reads gets its answer"
    figures = dict(watched.check(), connections=connections, reader_waited_ms=round(waited * 1000))
    for client in clients:
        client.close()
    if alone:
        figures["resident_after_mib"] = probe.check_memory_returns(cloud)
    return figures
