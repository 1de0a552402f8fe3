"""Builds the read model of a user, with the library."""

from dynamodb_log import EventLog, Projector

users = Projector(EventLog.connect("local"), "users", type="user")


@users.on("signup")
def signup(event, user):
    user["name"] = event.payload["name"]


@users.on("addLocation")
def add_location(event, user):
    user["long"] = event.payload["long"]


def handler(event, context):
    print(f"users#{event['detail']['payload']['id']} is at version {users.handle(event)}")
