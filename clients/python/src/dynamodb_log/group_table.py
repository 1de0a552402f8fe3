"""The items that a subscription's group keeps in a table: all under pk = `subscription#<group>`."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List

from .attributes import Item
from .clients import DynamoDbClient
from .environment import Environment
from .retries import pause_after_race
from .sdk_errors import service_errors
from .service_errors import Outcome, outcome_of

ATTEMPTS = 10  # of one write, while transactions work on the same item


class GroupTable:
    """Thread safety: any thread may call any method."""

    def __init__(self, client: DynamoDbClient, name: str, group: str, environment: Environment) -> None:
        self.client = client
        self.name = name
        self._pk = f"subscription#{group}"
        self._environment = environment

    def key(self, sk: str) -> Item:
        return {"pk": {"S": self._pk}, "sk": {"S": sk}}

    def item(self, sk: str) -> Item:
        """An item; empty if there is none."""
        answer = self.client.get_item(TableName=self.name, Key=self.key(sk), ConsistentRead=True)
        item: Item = answer.get("Item", {})
        return item

    def query(self, begin: str, **more: Any) -> Iterator[Item]:
        """The items whose sort key begins so, in order."""
        request: Dict[str, Any] = {
            "TableName": self.name,
            "ConsistentRead": True,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :begin)",
            "ExpressionAttributeValues": {":pk": {"S": self._pk}, ":begin": {"S": begin}},
            **more,
        }
        while True:
            page = self.client.query(**request)
            items: List[Item] = page["Items"]
            yield from items
            if "LastEvaluatedKey" not in page:
                return
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def put(self, item: Item, **more: Any) -> bool:
        """False if the condition failed."""
        return self.write(self.client.put_item, TableName=self.name, Item=item, **more)

    def update(self, sk: str, **request: Any) -> bool:
        """False if the condition failed."""
        return self.write(self.client.update_item, TableName=self.name, Key=self.key(sk), **request)

    def remove(self, sk: str) -> None:
        self.write(self.client.delete_item, TableName=self.name, Key=self.key(sk))

    def write(self, operation: Any, **request: Any) -> bool:
        """False if the condition failed. Raises what boto3 raises otherwise."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                operation(**request)
                return True
            except service_errors() as error:
                outcome = outcome_of(error)
                if outcome is Outcome.LOST:
                    return False
                if outcome is not Outcome.CONFLICT or attempt == ATTEMPTS:
                    raise
            pause_after_race(self._environment)
        return False
