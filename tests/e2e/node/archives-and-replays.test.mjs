// Archives, replays, schedules and retry policies with the AWS SDK for JavaScript.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CancelReplayCommand, CreateArchiveCommand, DeleteArchiveCommand, DeleteRuleCommand, DescribeArchiveCommand, DescribeReplayCommand,
  DescribeRuleCommand, EventBridgeClient, ListArchivesCommand, ListReplaysCommand, ListTargetsByRuleCommand,
  PutEventsCommand, PutRuleCommand, PutTargetsCommand, RemoveTargetsCommand, StartReplayCommand, UpdateArchiveCommand,
} from "@aws-sdk/client-eventbridge";

const events = new EventBridgeClient({ region: "us-east-1", credentials: { accessKeyId: "local", secretAccessKey: "local" } });
const ARN = "arn:aws:events:us-east-1:000000000000:";
const BUS = ARN + "event-bus/default";

async function eventually(check) {
  const end = Date.now() + 20000;
  for (;;) {
    const value = await check();
    if (value) return value;
    assert.ok(Date.now() < end, "it does not happen");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test("an archive is made, filled, replayed and deleted", async () => {
  const made = await events.send(new CreateArchiveCommand({
    ArchiveName: "js", EventSourceArn: BUS, EventPattern: JSON.stringify({ source: ["js"] }), RetentionDays: 1,
  }));
  assert.equal(made.State, "ENABLED");
  assert.ok(made.CreationTime instanceof Date);
  await events.send(new PutEventsCommand({
    Entries: [1, 2, 3].map((n) => ({ Source: "js", DetailType: "t", Detail: JSON.stringify({ n }) })),
  }));
  const archive = await eventually(async () => {
    const described = await events.send(new DescribeArchiveCommand({ ArchiveName: "js" }));
    return described.EventCount === 3 && described;
  });
  assert.ok(archive.SizeBytes > 300);
  assert.deepEqual((await events.send(new ListArchivesCommand({ NamePrefix: "js" }))).Archives.map((one) => one.ArchiveName), ["js"]);

  const started = await events.send(new StartReplayCommand({
    ReplayName: "js", EventSourceArn: made.ArchiveArn, EventStartTime: new Date(0), EventEndTime: new Date(Date.now() + 86400000),
    Destination: { Arn: BUS, FilterArns: [ARN + "rule/js"] },
  }));
  assert.equal(started.State, "STARTING");
  const replay = await eventually(async () => {
    const described = await events.send(new DescribeReplayCommand({ ReplayName: "js" }));
    return described.State === "COMPLETED" && described;
  });
  assert.ok(replay.EventLastReplayedTime instanceof Date && replay.ReplayEndTime instanceof Date);
  assert.deepEqual(replay.Destination, { Arn: BUS, FilterArns: [ARN + "rule/js"] });
  assert.equal((await events.send(new ListReplaysCommand({ NamePrefix: "js" }))).Replays.length, 1);
  await assert.rejects(events.send(new CancelReplayCommand({ ReplayName: "js" })), { name: "IllegalStatusException" });
  await assert.rejects(events.send(new DescribeReplayCommand({ ReplayName: "none" })), { name: "ResourceNotFoundException" });

  await events.send(new UpdateArchiveCommand({ ArchiveName: "js", RetentionDays: 0 }));
  await events.send(new DeleteArchiveCommand({ ArchiveName: "js" }));
  await assert.rejects(events.send(new DescribeArchiveCommand({ ArchiveName: "js" })), { name: "ResourceNotFoundException" });
});

test("a rule has a schedule, and its target a retry policy", async () => {
  await events.send(new PutRuleCommand({ Name: "js-schedule", ScheduleExpression: "cron(0 12 ? * MON-FRI *)" }));
  assert.equal((await events.send(new DescribeRuleCommand({ Name: "js-schedule" }))).ScheduleExpression, "cron(0 12 ? * MON-FRI *)");
  const target = {
    Id: "log", Arn: "arn:aws:logs:us-east-1:000000000000:log-group:/js",
    RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 60 },
    DeadLetterConfig: { Arn: "arn:aws:sqs:us-east-1:000000000000:dead" },
  };
  await events.send(new PutTargetsCommand({ Rule: "js-schedule", Targets: [target] }));
  assert.deepEqual((await events.send(new ListTargetsByRuleCommand({ Rule: "js-schedule" }))).Targets, [target]);
  await events.send(new RemoveTargetsCommand({ Rule: "js-schedule", Ids: ["log"] }));
  await events.send(new DeleteRuleCommand({ Name: "js-schedule" }));
});
