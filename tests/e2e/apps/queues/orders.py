"""Records every order; cannot handle those whose id begins with "bad"."""
import json
import os


def keep(name, value):
    line = (json.dumps(value) + "\n").encode()
    file = os.open(os.path.join(os.environ["RECORDS"], name + ".jsonl"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(file, line)
    os.close(file)


def handle(event, context):
    failures = []
    for record in event["Records"]:
        order = json.loads(record["body"])
        keep("attempts", {"id": order["id"], "record": record, "failed": os.environ["FAILED"]})
        if order["id"].startswith("bad"):
            failures.append({"itemIdentifier": record["messageId"]})
        else:
            keep("handled", {"id": order["id"]})
    return {"batchItemFailures": failures}


def handle_steps(event, context):
    for record in event["Records"]:
        keep("steps", {"group": record["attributes"]["MessageGroupId"], "number": json.loads(record["body"])["number"]})
