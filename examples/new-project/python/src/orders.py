"""Builds the read model `orders#<id>` from the events of an order:

  placed   {customer, total}   customer, total; the order is open
  paid     {}                  paid
  shipped  {carrier}           shipped, with the carrier
"""

import os

from dynamodb_log import EventLog, Projector

orders = Projector(EventLog.connect(os.environ.get("STAGE", "local")), "orders", type="order")


@orders.on("placed")
def placed(event, order):
    order["customer"] = event.payload["customer"]
    order["total"] = event.payload["total"]
    order["status"] = "open"


@orders.on("paid")
def paid(event, order):
    order["status"] = "paid"


@orders.on("shipped")
def shipped(event, order):
    order["status"] = "shipped"
    order["carrier"] = event.payload["carrier"]


def handler(event, context):
    orders.handle(event)
