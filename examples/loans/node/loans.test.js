// Ten tests of the application. The cloud is started once, and each test begins with an empty one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { now } from "dynamodb-log";
import { useCloud } from "dynamodb-log/testing/node-test";
import { Desk, NotPossible } from "./loans.js";

const cloud = useCloud({ template: "template.yaml" });
const desk = () => new Desk(cloud.eventLog, () => now({ env: cloud.env }));
const lent = (member) => ({ type: "lent", payload: { member, until: "2030-01-29T00:00:00.000Z" } });
const returned = { type: "returned", payload: {} };

test("a book that is lent has a borrower", async () => {
  await cloud.given("books", "emma").when(lent("Ada")).thenReadModel({ member: "Ada", loans: 1 });
});

test("a book that was returned has none", async () => {
  await cloud.given("books", "emma", lent("Ada")).when(returned).thenReadModel({ member: null, loans: 1 });
});

test("loans are counted", async () => {
  await cloud
    .given("books", "emma", [lent("Ada"), returned])
    .when(lent("Grace"))
    .thenReadModel({ loans: 2 });
});

test("an event that makes no sense fails, and says why", async () => {
  await cloud.given("books", "emma").when(lent(undefined)).thenFails("nobody has borrowed it");
});

test("a loan takes four weeks", async () => {
  await cloud.clock({ set: "2030-01-01T00:00:00Z", freeze: true });
  assert.equal((await desk().lend("emma", "Ada")).until, "2030-01-29T00:00:00.000Z");
});

test("after that it is overdue", async () => {
  await desk().lend("emma", "Ada");
  await cloud.clock({ move: 27 * 24 * 3600 * 1000 });
  assert.equal(await desk().isOverdue("emma"), false);
  await cloud.clock({ move: 2 * 24 * 3600 * 1000 });
  assert.equal(await desk().isOverdue("emma"), true);
});

test("a book that somebody has is not lent", async () => {
  await desk().lend("emma", "Ada");
  await assert.rejects(desk().lend("emma", "Grace"), new NotPossible("Ada has the book emma."));
});

test("a book that nobody has is not taken back", async () => {
  await assert.rejects(desk().takeBack("emma"), new NotPossible("Nobody has the book emma."));
});

test("a book that was taken back can be lent again", async () => {
  await desk().lend("emma", "Ada");
  await desk().takeBack("emma");
  assert.equal((await desk().lend("emma", "Grace")).member, "Grace");
});

test("of two who want a book at once, one gets it", async () => {
  const wishes = await Promise.allSettled([desk().lend("emma", "Ada"), desk().lend("emma", "Grace")]);
  assert.deepEqual(wishes.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  assert.equal(await cloud.eventLog.version("books", "emma"), 1);
});
