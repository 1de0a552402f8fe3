// EventBridge and Lambda by the SDK. The endpoints come by AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_EVENTBRIDGE.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import {
  DescribeRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
  PutEventsCommand,
  ResourceNotFoundException,
  TestEventPatternCommand,
} from "@aws-sdk/client-eventbridge";
import { InvokeCommand, LambdaClient, ResourceNotFoundException as NoFunction } from "@aws-sdk/client-lambda";

const events = new EventBridgeClient({ maxAttempts: 1 });
const lambda = new LambdaClient({ maxAttempts: 1 });

const recorded = () => {
  const file = join(process.env.RECORDS, "recorder.jsonl");
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").map((line) => JSON.parse(line).event) : [];
};

test("an event reaches the function of the rule that it matches", async () => {
  const answer = await events.send(
    new PutEventsCommand({
      Entries: [
        {
          Source: "shop",
          DetailType: "order",
          Detail: JSON.stringify({ total: 101, from: "sdk" }),
          Time: new Date("2026-01-02T03:04:05Z"),
          Resources: ["arn:aws:test"],
        },
        { Source: "shop", DetailType: "order", Detail: "no object" },
      ],
    }),
  );
  assert.equal(answer.FailedEntryCount, 1);
  assert.equal(answer.Entries[1].ErrorCode, "MalformedDetail");
  const deadline = Date.now() + 20_000;
  let event;
  while (!(event = recorded().find((one) => one.detail.from === "sdk"))) {
    assert.ok(Date.now() < deadline, "the event did not arrive");
    await pause(20);
  }
  assert.equal(event.id, answer.Entries[0].EventId);
  assert.equal(event.time, "2026-01-02T03:04:05Z");
  assert.deepEqual(event.resources, ["arn:aws:test"]);
});

test("rules are listed, patterns tested, what is missing refused", async () => {
  const { Rules } = await events.send(new ListRulesCommand({}));
  assert.equal(Rules.length, 1);
  assert.equal(Rules[0].State, "ENABLED");
  const { Result } = await events.send(
    new TestEventPatternCommand({
      EventPattern: '{"detail": {"a": [{"exists": false}]}}',
      Event: JSON.stringify({
        id: "1", account: "0", source: "s", time: "2026-01-01T00:00:00Z", region: "us-east-1", "detail-type": "d", detail: {},
      }),
    }),
  );
  assert.equal(Result, true);
  await assert.rejects(events.send(new DescribeRuleCommand({ Name: "nothing" })), ResourceNotFoundException);
});

test("a function is invoked and answers", async () => {
  const answer = await lambda.send(new InvokeCommand({ FunctionName: "common-js", Payload: JSON.stringify({ word: "hello" }) }));
  assert.equal(answer.StatusCode, 200);
  assert.equal(answer.FunctionError, undefined);
  assert.equal(answer.ExecutedVersion, "$LATEST");
  assert.deepEqual(JSON.parse(answer.Payload.transformToString()), {
    style: "common",
    event: { word: "hello" },
    name: "common-js",
    remaining: true,
  });
});

test("a function that throws is an answer with an error in it", async () => {
  const answer = await lambda.send(new InvokeCommand({ FunctionName: "throws-node" }));
  assert.equal(answer.StatusCode, 200);
  assert.equal(answer.FunctionError, "Unhandled");
  const error = JSON.parse(answer.Payload.transformToString());
  assert.equal(error.errorType, "TypeError");
  assert.equal(error.errorMessage, "this always fails");
  assert.ok(Array.isArray(error.trace));
});

test("a function that does not exist is the SDK's own exception", async () => {
  await assert.rejects(lambda.send(new InvokeCommand({ FunctionName: "nobody" })), NoFunction);
});
