"""The writers of race_test in Python, in threads: `race_writer.py MODE NAME WRITERS EVENTS`. What the arguments mean is said
in tests/clients/race_writer.cc."""
import concurrent.futures
import sys

import botocore.exceptions

from dynamodb_log import EventLog, Expected, NewEvent, VersionConflict

STREAM = ("race", "1")
NOT_REACHABLE = (botocore.exceptions.HTTPClientError, botocore.exceptions.ConnectionError)

mode, name = sys.argv[1:3]
writers, events = map(int, sys.argv[3:])
log = EventLog.connect("local")


def when_reachable(call):
    while True:
        try:
            return call()
        except NOT_REACHABLE:
            pass


def append(event_id, expected):
    result = when_reachable(lambda: log.append(*STREAM, NewEvent("counted", {}, event_id), expected))
    sys.stdout.write("%d %s\n" % (result.version, event_id))
    sys.stdout.flush()
    return result.version


def append_any(own):
    number = 0
    while number < events:
        try:
            append("%s/%d" % (own, number), Expected.ANY)
            number += 1
        except VersionConflict:
            pass  # it has lost many races: the same event again


def append_exactly(own):
    version, attempt = when_reachable(lambda: log.version(*STREAM)), 0
    while version < events:
        try:
            version = append("%s/%d" % (own, attempt), version)
        except VersionConflict as conflict:
            version = conflict.current
        attempt += 1


with concurrent.futures.ThreadPoolExecutor(writers) as pool:
    write = append_any if mode == "any" else append_exactly
    for done in [pool.submit(write, "%s/%d" % (name, writer)) for writer in range(writers)]:
        done.result()
