"""Records every attempt; fails for the users whose id begins with "poison", and prints for those with "noisy"."""
import json
import os
import time


def keep(name, value):
    line = (json.dumps(value) + "\n").encode()
    file = os.open(os.path.join(os.environ["RECORDS"], name + ".jsonl"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(file, line)
    os.close(file)


def handle(event, context):
    keep("attempts", {"id": event["detail"]["payload"]["id"], "version": event["detail"]["key"]["sk"], "event": event,
                      "requestId": context.aws_request_id, "pid": os.getpid()})
    if event["detail"]["payload"]["id"].startswith("poison"):
        raise ValueError("cannot handle " + event["detail"]["payload"]["id"])
    if event["detail"]["payload"]["id"].startswith("slow"):
        time.sleep(2)
    for line in range(int(event["detail"]["payload"].get("lines", 0))):
        print("line %d of many \x1b[2J" % line)
    keep("handled", {"id": event["detail"]["payload"]["id"], "version": event["detail"]["key"]["sk"], "event": event})


def on_failure(record, context):
    keep("failures", {"record": record})
