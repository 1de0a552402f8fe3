"""64 clients send 16 KB of gzip that become 16 MiB, of the kinds that cost most to read.

Promised: less than 1 GiB, an append of somebody else takes less than a second, memory is given back.
"""
import gzip
import threading

import probe
from probe import clouds

SIZE = 16 * probe.MIB - 4096


def filled(start, repeated, end):
    return gzip.compress((start + repeated * ((SIZE - len(start) - len(end)) // len(repeated)) + end).encode())


def bodies():
    item = '{"TableName":"%s","Item":{"pk":{"S":"p"},"sk":{"N":"1"},"a":' % clouds.LOG_TABLE
    return {
        "blanks": filled(item, " ", '{"S":"a"}}}'),
        "text": filled(item + '{"S":"', "x", '"}}}'),
        "escapes": filled(item + '{"S":"', "\\u00e4", '"}}}'),
        "list": filled(item + '{"L":[', '{"S":"a"},', '{"S":"a"}]}}}'),
        "numbers": filled(item + '{"L":[], "x":[', "1,", "1]}}}"),
        "arrays": filled(item + '{"L":[', "[],", "[]]}}}"),
        "members": filled(item + '{"M":{', '"a":{},', '"a":{}}}}}'),
        "set": filled(item + '{"NS":[', '"1",', '"1"]}}}'),
    }


def attack(cloud, short=False, alone=True):
    connections = 16 if short else 64
    kinds = list(bodies().values())
    statuses = []

    def send(number):
        body = kinds[number % len(kinds)]
        client = probe.connect(cloud)
        client.settimeout(90)
        try:
            client.sendall(probe.head("PutItem", len(body), **{"Content-Encoding": "gzip"}) + body)
            statuses.append(client.recv(65536)[9:12].decode() or "closed")  # it waited for too long
        except OSError:
            statuses.append("closed")
        client.close()

    with probe.Probe(cloud) as watched:
        threads = [threading.Thread(target=send, args=(number,), daemon=True) for number in range(connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(100)
    figures = dict(watched.check(), connections=connections,
                   statuses={status: statuses.count(status) for status in sorted(set(statuses))})
    assert len(statuses) == connections, figures
    if alone:
        assert "closed" not in statuses, figures
        figures["resident_after_mib"] = probe.check_memory_returns(cloud)
    return figures
