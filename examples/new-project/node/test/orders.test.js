import { test } from "node:test";
import { useCloud } from "dynamodb-log/testing/node-test";

const cloud = useCloud({ template: "template.yaml" });
const placed = { type: "placed", payload: { customer: "Ada", total: 12.5 } };

test("a placed order is open", () =>
  cloud.given("orders", "1").when(placed).thenReadModel({ customer: "Ada", status: "open" }));

test("an order that is paid and shipped knows its carrier", () =>
  cloud
    .given("orders", "1", [placed, { type: "paid", payload: {} }])
    .when({ type: "shipped", payload: { carrier: "PostNord" } })
    .thenReadModel({ status: "shipped", carrier: "PostNord" }));
