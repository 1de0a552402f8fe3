"""The users application: builds the read model `users#<id>` from the events of the log "users".

  signup             {name, email}   name, email
  addPhoneNumber     {phoneNumber}   phoneNumber, not verified yet
  verifyPhoneNumber  {phoneNumber}   verifiedPhoneNumber, if it is still the user's number
  addLocation        {long, lat}     location, with every digit

The module has two functions: `users` gets the events of the bus, and `on_failure` gets a record of
each event that `users` could not handle in all its attempts.

An event is a hint that there may be something to do: events may arrive out of order, and more than
once. So `users` reads the read model's version, queries the log for later events, stops at a gap,
and writes on condition that the version is still what it read. If it is not, DynamoDB says what the
read model is now.

Attributes stay as DynamoDB has them ({"N": "12.345678"}): a float could lose digits.

Environment: LOG_TABLE and CORE_TABLE, or STAGE (default "local") from which their names are made.
"""

import json
import os
import random
import re
import sys
import time

from dynamodb import DynamoDb, DynamoDbError

STAGE = os.environ.get("STAGE") or "local"
LOG_TABLE = os.environ.get("LOG_TABLE") or f"{STAGE}-dynamodb-logs"
CORE_TABLE = os.environ.get("CORE_TABLE") or f"{STAGE}-core"
ATTEMPTS = 10  # at most, while others write the same read model

dynamodb = DynamoDb()  # one for all invocations of a process


class InvalidEvent(Exception):
    """An event that can never be applied."""


def required(event, name, kind):
    """The payload's attribute of that type."""
    value = event.get("payload", {}).get("M", {}).get(name, {})
    if kind not in value:
        raise InvalidEvent(f"{where(event)}: payload.{name} is missing or not of type {kind}")
    return value


def where(event):
    return f"{event['pk']['S']} version {event['sk']['N']}"


def signup(event, user):
    return {"name": required(event, "name", "S"), "email": required(event, "email", "S")}


def add_phone_number(event, user):
    return {"phoneNumber": required(event, "phoneNumber", "S"), "verifiedPhoneNumber": {"BOOL": False}}


def verify_phone_number(event, user):
    still_the_same = required(event, "phoneNumber", "S") == user.get("phoneNumber")
    return {"verifiedPhoneNumber": {"BOOL": True}} if still_the_same else {}


def add_location(event, user):
    return {"location": {"M": {"long": required(event, "long", "N"), "lat": required(event, "lat", "N")}}}


# By event type: a function of the event and the read model that returns what changes.
APPLIERS = {
    "signup": signup,
    "addPhoneNumber": add_phone_number,
    "verifyPhoneNumber": verify_phone_number,
    "addLocation": add_location,
}


def apply(event, user):
    kind = event.get("type", {}).get("S")
    if kind is None:
        raise InvalidEvent(f"{where(event)} has no type")
    if kind in APPLIERS:
        return APPLIERS[kind](event, user)
    print(f'An event of unknown type "{kind}" only advances the version: {where(event)}.', file=sys.stderr)
    return {}


def events_after(pk, version):
    """The events of a stream after `version`: all pages, read consistently."""
    request = {
        "TableName": LOG_TABLE,
        "ConsistentRead": True,
        "KeyConditionExpression": "pk = :pk AND sk > :sk",
        "ExpressionAttributeValues": {":pk": {"S": pk}, ":sk": {"N": str(version)}},
    }
    while True:
        page = dynamodb.call("Query", request)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def write(key, read_version, version, changes):
    """Writes the changes if the read model is still at the version that was read. Otherwise returns what it is now."""
    names = {"#version": "version"}
    values = {":version": {"N": str(version)}}
    update = "SET #version = :version"
    for index, (name, value) in enumerate(changes.items()):
        names[f"#a{index}"] = name
        values[f":a{index}"] = value
        update += f", #a{index} = :a{index}"
    if read_version > 0:
        values[":read"] = {"N": str(read_version)}
    request = {
        "TableName": CORE_TABLE,
        "Key": {"pk": {"S": key}, "sk": {"S": key}},
        "UpdateExpression": update,
        "ConditionExpression": "#version = :read" if read_version > 0 else "attribute_not_exists(#version)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }
    try:
        dynamodb.call("UpdateItem", request)
    except DynamoDbError as error:
        if error.type != "ConditionalCheckFailedException":
            raise
        return error.item or {}
    return None


def version_of(user):
    return int(user.get("version", {"N": "0"})["N"])


def read(key):
    request = {"TableName": CORE_TABLE, "Key": {"pk": {"S": key}, "sk": {"S": key}}, "ConsistentRead": True}
    return dynamodb.call("GetItem", request).get("Item", {})


def advance(key, user, id):
    """Applies and writes the events that follow. Returns what another writer has written if that was faster."""
    pk = f"{key}#stream"
    version = read_version = version_of(user)
    changes = {} if read_version else {"type": {"S": "user"}, "id": {"S": id}}
    failure = faster = None
    try:
        for event in events_after(pk, read_version):
            if int(event["sk"]["N"]) != version + 1:
                print(f"{pk} has a gap: after version {version} comes version {event['sk']['N']}.", file=sys.stderr)
                break
            changed = apply(event, user)
            user.update(changed)
            changes.update(changed)
            version += 1
    except Exception as error:
        failure = error  # the events before it are written
    if version > read_version:
        faster = write(key, read_version, version, changes)
    if failure and faster is None:
        raise failure
    return faster


def users(event, context):
    try:
        key = event["detail"]["key"]
        id = re.fullmatch(r"users#(.+)#stream", key["pk"], re.DOTALL)[1]
        hint = int(key["sk"])
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidEvent(
            'not an event of the log "users": no detail.key of pk (users#<id>#stream) and sk'
        ) from error
    key = f"users#{id}"
    user = read(key)
    for attempt in range(ATTEMPTS):
        if version_of(user) >= hint:
            return
        # Whoever was faster has most likely done the work, so the first loss needs no pause.
        time.sleep(random.uniform(0, 0.01 * max(0, attempt - 1)))
        user = advance(key, user, id)
        if user is None:
            return
    if version_of(user) < hint:
        raise RuntimeError(f"The read model {key} was written by others each of {ATTEMPTS} times.")


def on_failure(record, context):
    """Keeps the record of a failed event: a line in the log, and the item `failure#<requestId>`."""
    text = json.dumps(record, ensure_ascii=False)
    print(f"[FAILURE] {text}", file=sys.stderr)
    key = {"S": f"failure#{record['requestContext']['requestId']}"}
    item = {
        "pk": key,
        "sk": key,
        "type": {"S": "failure"},
        "condition": {"S": record["requestContext"]["condition"]},
        "timestamp": {"S": record["timestamp"]},
        "record": {"S": text},
    }
    dynamodb.call("PutItem", {"TableName": CORE_TABLE, "Item": item})
