"""Records the events of a schedule."""
import json
import os


def handler(event, _):
    with open(os.environ["RECORDS"] + "/ticks.jsonl", "a") as file:
        file.write(json.dumps({"event": event}) + "\n")
