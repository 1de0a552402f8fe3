// SQS with the AWS SDK for JavaScript v3, in the JSON protocol; and with v2 as it was in August 2023, in the query protocol.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import * as v3 from "@aws-sdk/client-sqs";

process.env.AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE = "1";
const { SQS } = createRequire(import.meta.url)("aws-sdk");

const config = { region: "us-east-1", credentials: { accessKeyId: "local", secretAccessKey: "local" } };
const arn = (name) => "arn:aws:sqs:us-east-1:000000000000:" + name;

// Both check the MD5s of bodies by themselves. v2 does not read AWS_ENDPOINT_URL.
const sqsOfV3 = new v3.SQSClient(config);
const sqsOfV2 = new SQS({ ...config, endpoint: process.env.AWS_ENDPOINT_URL });
const clients = {
  json: (operation, parameters) => sqsOfV3.send(new v3[operation + "Command"](parameters)),
  query: (operation, parameters) => sqsOfV2[operation[0].toLowerCase() + operation.slice(1)](parameters).promise(),
};

async function eventually(check) {
  const end = Date.now() + 20000;
  for (;;) {
    const value = await check();
    if (value) return value;
    assert.ok(Date.now() < end, "it does not happen");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

for (const [protocol, call] of Object.entries(clients)) {
  const create = async (name, Attributes = {}) =>
    (await call("CreateQueue", { QueueName: `js-${protocol}-${name}`, Attributes })).QueueUrl;
  const receive = async (QueueUrl, more = {}) =>
    (await call("ReceiveMessage", { QueueUrl, MaxNumberOfMessages: 10, ...more })).Messages ?? [];
  const bodies = (messages) => messages.map((message) => message.Body);

  test(`${protocol}: a message is sent, received with its attributes, and deleted`, async () => {
    const QueueUrl = await create("one");
    const sent = await call("SendMessage", {
      QueueUrl, MessageBody: "åäö <&> \"🎈\"",
      MessageAttributes: { n: { DataType: "Number", StringValue: "1" }, b: { DataType: "Binary", BinaryValue: Buffer.from([0, 255]) } },
    });
    const [message] = await receive(QueueUrl, { MessageAttributeNames: ["All"], AttributeNames: ["All"] });
    assert.equal(message.MessageId, sent.MessageId);
    assert.equal(message.Body, "åäö <&> \"🎈\"");
    assert.deepEqual([...message.MessageAttributes.b.BinaryValue], [0, 255]);
    assert.equal(message.Attributes.ApproximateReceiveCount, "1");
    await call("ChangeMessageVisibility", { QueueUrl, ReceiptHandle: message.ReceiptHandle, VisibilityTimeout: 0 });
    const [again] = await receive(QueueUrl);
    await call("DeleteMessage", { QueueUrl, ReceiptHandle: again.ReceiptHandle });
    const { Attributes } = await call("GetQueueAttributes", { QueueUrl, AttributeNames: ["All"] });
    assert.equal(Attributes.ApproximateNumberOfMessages, "0");
    assert.equal(Attributes.ApproximateNumberOfMessagesNotVisible, "0");
  });

  test(`${protocol}: a long poll ends with the message`, async () => {
    const QueueUrl = await create("polled");
    const poll = receive(QueueUrl, { WaitTimeSeconds: 20 });
    await call("SendMessage", { QueueUrl, MessageBody: "woken" });
    assert.deepEqual(bodies(await poll), ["woken"]);
  });

  test(`${protocol}: a batch says which entries failed`, async () => {
    const QueueUrl = await create("batch");
    const answer = await call("SendMessageBatch", {
      QueueUrl, Entries: [{ Id: "a", MessageBody: "1" }, { Id: "b", MessageBody: "2", DelaySeconds: 901 }, { Id: "c", MessageBody: "3" }],
    });
    assert.deepEqual(answer.Successful.map((one) => one.Id), ["a", "c"]);
    assert.deepEqual(answer.Failed.map((one) => [one.Id, one.SenderFault]), [["b", true]]);
    const messages = await receive(QueueUrl);
    assert.deepEqual(bodies(messages).sort(), ["1", "3"]);
    const removed = await call("DeleteMessageBatch", {
      QueueUrl, Entries: messages.map((message, n) => ({ Id: String(n), ReceiptHandle: message.ReceiptHandle })),
    });
    assert.equal(removed.Successful.length, 2);
  });

  test(`${protocol}: FIFO keeps the order of a group and drops duplicates`, async () => {
    const QueueUrl = await create("ordered.fifo", { FifoQueue: "true", ContentBasedDeduplication: "true" });
    for (const body of ["a1", "b1", "a2", "a2", "b2", "a3"]) {
      await call("SendMessage", { QueueUrl, MessageBody: body, MessageGroupId: body[0] });
    }
    const seen = [];
    for (let messages; (messages = await receive(QueueUrl, { MaxNumberOfMessages: 2 })).length > 0;) {
      for (const message of messages) {
        seen.push(message.Body);
        await call("DeleteMessage", { QueueUrl, ReceiptHandle: message.ReceiptHandle });
      }
    }
    assert.deepEqual(seen.filter((body) => body[0] === "a"), ["a1", "a2", "a3"]);
    assert.deepEqual(seen.filter((body) => body[0] === "b"), ["b1", "b2"]);
  });

  test(`${protocol}: dead letters are moved back`, async () => {
    const dead = await create("dead");
    const name = `js-${protocol}-source`;
    const QueueUrl = await create("source", {
      VisibilityTimeout: "0", RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn(`js-${protocol}-dead`), maxReceiveCount: 1 }),
    });
    await call("SendMessage", { QueueUrl, MessageBody: "again" });
    assert.deepEqual(bodies(await receive(QueueUrl)), ["again"]);
    assert.deepEqual(bodies(await receive(QueueUrl)), []);
    const sources = await call("ListDeadLetterSourceQueues", { QueueUrl: dead });
    assert.deepEqual(sources.queueUrls.map((url) => url.split("/").pop()), [name]);
    await call("StartMessageMoveTask", { SourceArn: arn(`js-${protocol}-dead`) });
    await eventually(async () => {
      const tasks = await call("ListMessageMoveTasks", { SourceArn: arn(`js-${protocol}-dead`) });
      return tasks.Results[0].Status === "COMPLETED" && Number(tasks.Results[0].ApproximateNumberOfMessagesMoved) === 1;
    });
    assert.deepEqual(bodies(await receive(QueueUrl)), ["again"]);
  });

  test(`${protocol}: an error has its name`, async () => {
    await assert.rejects(call("GetQueueUrl", { QueueName: "nobody" }), (error) => {
      assert.match(error.name + error.code, /QueueDoesNotExist|NonExistentQueue/);
      assert.equal(error.statusCode ?? error.$metadata.httpStatusCode, 400);
      return true;
    });
  });
}
