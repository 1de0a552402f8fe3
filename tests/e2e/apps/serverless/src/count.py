"""Counts the users, with boto3."""
import os

import boto3

dynamodb = boto3.resource("dynamodb", endpoint_url=os.environ.get("DYNAMODB_ENDPOINT") if os.environ.get("IS_OFFLINE") else None)


def handler(event, context):
    dynamodb.Table(os.environ["CORE_TABLE"]).update_item(
        Key={"pk": "users"}, UpdateExpression="ADD people :one", ExpressionAttributeValues={":one": 1})
