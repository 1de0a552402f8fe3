from decimal import Decimal

from dynamodb_log import NewEvent

PLACED = NewEvent("placed", {"customer": "Ada", "total": Decimal("12.5")})


def test_a_placed_order_is_open(ddblog):
    ddblog.given("orders", "1").when_append(PLACED).then_read_model("orders#1", customer="Ada", status="open")


def test_an_order_that_is_paid_and_shipped_knows_its_carrier(ddblog):
    scenario = ddblog.given("orders", "1", PLACED, NewEvent("paid"))
    scenario.when_append(NewEvent("shipped", {"carrier": "PostNord"}))
    scenario.then_read_model("orders#1", status="shipped", carrier="PostNord")
