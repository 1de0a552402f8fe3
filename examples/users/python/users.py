"""The users application: builds the read model `users#<id>` from the events of the log "users".

  signup             {name, email}   name, email
  addPhoneNumber     {phoneNumber}   phoneNumber, not verified yet
  verifyPhoneNumber  {phoneNumber}   verifiedPhoneNumber, if it is still the user's number
  addLocation        {long, lat}     location, with every digit

`users` gets the events of the bus, and `on_failure` gets a record of each event that `users` could
not handle in all its attempts. The environment names the tables: LOG_TABLE and CORE_TABLE, or STAGE.
"""

import json
import sys
from decimal import Decimal

from dynamodb_log import EventLog, InvalidEvent, Projector

log = EventLog.of_environment()  # one for all invocations of a process
read_models = Projector(log, "users", type="user")


def required(event, name, kind=str):
    """A member of the payload. An event without it can never be applied."""
    value = event.payload.get(name)
    if not isinstance(value, kind):
        where = f"{event.log}#{event.id} version {event.version}"
        raise InvalidEvent(f"{where}: payload.{name} is missing or not of type {kind.__name__}")
    return value


@read_models.on("signup")
def signup(event, user):
    user["name"] = required(event, "name")
    user["email"] = required(event, "email")


@read_models.on("addPhoneNumber")
def add_phone_number(event, user):
    user["phoneNumber"] = required(event, "phoneNumber")
    user["verifiedPhoneNumber"] = False


@read_models.on("verifyPhoneNumber")
def verify_phone_number(event, user):
    if required(event, "phoneNumber") == user.get("phoneNumber"):
        user["verifiedPhoneNumber"] = True


@read_models.on("addLocation")
def add_location(event, user):
    user["location"] = {"long": required(event, "long", Decimal), "lat": required(event, "lat", Decimal)}


def users(event, context):
    read_models.handle(event)


def on_failure(record, context):
    """Keeps the record of a failed event: a line in the log, and the item `failure#<requestId>`."""
    text = json.dumps(record, ensure_ascii=False)
    print(f"[FAILURE] {text}", file=sys.stderr)
    key = f"failure#{record['requestContext']['requestId']}"
    condition, timestamp = record["requestContext"]["condition"], record["timestamp"]
    item = {"pk": key, "sk": key, "type": "failure", "condition": condition, "timestamp": timestamp, "record": text}
    log.client.put_item(TableName=log.read_model_table, Item={name: {"S": value} for name, value in item.items()})
