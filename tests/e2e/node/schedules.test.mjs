// EventBridge Scheduler with the AWS SDK for JavaScript.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CreateScheduleCommand, CreateScheduleGroupCommand, DeleteScheduleCommand, DeleteScheduleGroupCommand, GetScheduleCommand,
  ListScheduleGroupsCommand, ListSchedulesCommand, ListTagsForResourceCommand, SchedulerClient, TagResourceCommand,
  UntagResourceCommand, UpdateScheduleCommand,
} from "@aws-sdk/client-scheduler";

const scheduler = new SchedulerClient({ region: "us-east-1", credentials: { accessKeyId: "local", secretAccessKey: "local" } });
const Target = { Arn: "arn:aws:sqs:us-east-1:000000000000:js", RoleArn: "arn:aws:iam::000000000000:role/r", Input: "x" };

test("a schedule and its group are made, changed, listed and deleted", async () => {
  const { ScheduleGroupArn } = await scheduler.send(new CreateScheduleGroupCommand({ Name: "js", Tags: [{ Key: "a", Value: "1" }] }));
  const StartDate = new Date(Date.now() + 86400000);
  const made = await scheduler.send(new CreateScheduleCommand({
    Name: "s", GroupName: "js", ScheduleExpression: "rate(5 minutes)", StartDate, FlexibleTimeWindow: { Mode: "OFF" }, Target,
  }));
  assert.match(made.ScheduleArn, /:schedule\/js\/s$/);
  const kept = await scheduler.send(new GetScheduleCommand({ Name: "s", GroupName: "js" }));
  assert.equal(Math.round(kept.StartDate / 1000), Math.round(StartDate / 1000));
  assert.ok(kept.CreationDate instanceof Date);
  assert.equal(kept.State, "ENABLED");
  await scheduler.send(new UpdateScheduleCommand({
    Name: "s", GroupName: "js", ScheduleExpression: "at(2099-01-01T00:00:00)", State: "DISABLED", FlexibleTimeWindow: { Mode: "OFF" }, Target,
  }));
  const listed = await scheduler.send(new ListSchedulesCommand({ GroupName: "js", State: "DISABLED", MaxResults: 1 }));
  assert.deepEqual(listed.Schedules.map((one) => [one.Name, one.Target.Arn]), [["s", Target.Arn]]);
  await scheduler.send(new TagResourceCommand({ ResourceArn: ScheduleGroupArn, Tags: [{ Key: "b", Value: "2" }] }));
  await scheduler.send(new UntagResourceCommand({ ResourceArn: ScheduleGroupArn, TagKeys: ["a"] }));
  const { Tags } = await scheduler.send(new ListTagsForResourceCommand({ ResourceArn: ScheduleGroupArn }));
  assert.deepEqual(Tags, [{ Key: "b", Value: "2" }]);
  await scheduler.send(new DeleteScheduleCommand({ Name: "s", GroupName: "js" }));
  await scheduler.send(new DeleteScheduleGroupCommand({ Name: "js" }));
  const end = Date.now() + 20000;
  for (;;) {
    const { ScheduleGroups } = await scheduler.send(new ListScheduleGroupsCommand({ NamePrefix: "js" }));
    if (ScheduleGroups.length === 0) break;
    assert.equal(ScheduleGroups[0].State, "DELETING");
    assert.ok(Date.now() < end, "the group is not deleted");
  }
});

test("errors have their names and messages", async () => {
  const refused = (settings) => scheduler.send(new CreateScheduleCommand({
    Name: "e", ScheduleExpression: "rate(1 day)", FlexibleTimeWindow: { Mode: "OFF" }, Target, ...settings,
  }));
  await assert.rejects(refused({ ScheduleExpression: "rate(0 days)" }),
    { name: "ValidationException", message: "Invalid Schedule Expression rate(0 days)." });
  await assert.rejects(refused({ ScheduleExpression: "rate(1 days)", GroupName: "none" }),  // the form is taken
    { name: "ResourceNotFoundException" });
  await assert.rejects(refused({ GroupName: "none" }),
    { name: "ResourceNotFoundException", message: "Schedule group none does not exist." });
});
