"""Functions in Python, without a dependency."""
import json
import os
import sys
import time


def keep(name, value):
    """Records a value where the test finds it: one write, so that several processes do not mix their lines."""
    line = (json.dumps(value) + "\n").encode()
    file = os.open(os.path.join(os.environ["RECORDS"], name + ".jsonl"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(file, line)
    os.close(file)


def main(event, context):
    print("python on standard output")
    print("python on standard error", file=sys.stderr)
    return {"style": "python", "event": event, "greeting": os.environ.get("GREETING"), "name": context.function_name,
            "memory": context.memory_limit_in_mb, "requestId": context.aws_request_id, "arn": context.invoked_function_arn,
            "remaining": context.get_remaining_time_in_millis() > 0, "environment": dict(os.environ)}


def throws(event, context):
    raise ValueError("this always fails: %s" % event)


def exits(event, context):
    os._exit(3)


def slow(event, context):
    keep("slow", {"pid": os.getpid(), "seconds": event["seconds"]})
    time.sleep(event["seconds"])
    return {"pid": os.getpid()}


def one_at_a_time(event, context):
    begin = time.time()
    time.sleep(event["seconds"])
    keep("one", {"number": event["number"], "begin": begin, "end": time.time()})
    return {"pid": os.getpid()}


def record(event, context):
    keep("recorder", {"event": event})
