// A function from a zip archive, and a queue that feeds it, all by the SDK.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  GetEventSourceMappingCommand,
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  LambdaClient,
  UpdateFunctionCodeCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from "@aws-sdk/client-lambda";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { zip } from "./zip.mjs";

const lambda = new LambdaClient({ maxAttempts: 1 });
const sqs = new SQSClient({ maxAttempts: 1 });

async function eventually(check, what) {
  for (const deadline = Date.now() + 20_000; ; await pause(20)) {
    const value = await check();
    if (value) return value;
    assert.ok(Date.now() < deadline, what);
  }
}

const create = (FunctionName, code) =>
  lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Runtime: "nodejs20.x",
      Role: "arn:aws:iam::000000000000:role/lambda",
      Handler: "index.handler",
      Timeout: 20,
      Code: { ZipFile: zip("index.mjs", code) },
    }),
  );

async function invoke(FunctionName, event = {}) {
  const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }));
  assert.equal(answer.FunctionError, undefined);
  return JSON.parse(Buffer.from(answer.Payload));
}

test("a function is made from a zip archive, invoked and updated", async () => {
  const made = await create("sdk-function", "export const handler = async (event) => [1, event.n];");
  assert.equal(made.Version, "$LATEST");
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 20 }, { FunctionName: "sdk-function" });
  assert.deepEqual(await invoke("sdk-function", { n: 5 }), [1, 5]);
  await lambda.send(
    new UpdateFunctionCodeCommand({
      FunctionName: "sdk-function",
      ZipFile: zip("index.mjs", "export const handler = async (event) => [2, event.n];"),
    }),
  );
  await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 20 }, { FunctionName: "sdk-function" });
  assert.deepEqual(await invoke("sdk-function", { n: 6 }), [2, 6]);
});

test("a response comes as a stream, part by part", async () => {
  await create(
    "sdk-stream",
    `import { existsSync } from "node:fs";
    export const handler = awslambda.streamifyResponse(async (event, stream) => {
      stream.write("one ");
      while (!existsSync(event.goOn)) await new Promise((resolve) => setTimeout(resolve, 5));
      stream.end("two");
    });`,
  );
  const goOn = join(mkdtempSync(join(tmpdir(), "stream-")), "go-on");
  const Payload = JSON.stringify({ goOn });
  const answer = await lambda.send(new InvokeWithResponseStreamCommand({ FunctionName: "sdk-stream", Payload }));
  let text = "";
  let completed = false;
  for await (const event of answer.EventStream) {
    if (event.PayloadChunk) text += Buffer.from(event.PayloadChunk.Payload);
    if (text === "one ") writeFileSync(goOn, "");
    if (event.InvokeComplete) completed = !event.InvokeComplete.ErrorCode;
  }
  rmSync(dirname(goOn), { recursive: true });
  assert.equal(text, "one two");
  assert.ok(completed);
});

test("a queue feeds a function, and what it cannot handle comes to the dead-letter queue", async () => {
  const queue = async (QueueName, Attributes) => {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
    const { Attributes: found } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
    );
    return { QueueUrl, arn: found.QueueArn };
  };
  const handled = await queue("sdk-handled");
  const failed = await queue("sdk-failed");
  const orders = await queue("sdk-orders", {
    VisibilityTimeout: "20",
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: failed.arn, maxReceiveCount: 1 }),
  });
  // The function tells of what it has handled by a call of its own: SendMessage in SQS's JSON protocol.
  await create(
    "sdk-orders",
    `export async function handler(event) {
      const failures = [];
      for (const record of event.Records) {
        if (record.body === "bad") {
          failures.push({ itemIdentifier: record.messageId });
          continue;
        }
        const answer = await fetch(process.env.AWS_ENDPOINT_URL, {
          method: "POST",
          headers: {
            "X-Amz-Target": "AmazonSQS.SendMessage",
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Date": "20260101T000000Z",
            Authorization: "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0",
          },
          body: JSON.stringify({ QueueUrl: ${JSON.stringify(handled.QueueUrl)}, MessageBody: "handled " + record.body }),
        });
        if (!answer.ok) throw new Error(await answer.text());
      }
      return { batchItemFailures: failures };
    }`,
  );
  const { UUID } = await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: "sdk-orders",
      EventSourceArn: orders.arn,
      BatchSize: 10,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
    }),
  );
  await eventually(
    async () => (await lambda.send(new GetEventSourceMappingCommand({ UUID }))).State === "Enabled",
    "the mapping is enabled",
  );
  const sent = await sqs.send(
    new SendMessageBatchCommand({
      QueueUrl: orders.QueueUrl,
      Entries: ["a", "bad", "b"].map((body, at) => ({ Id: String(at), MessageBody: body })),
    }),
  );
  assert.equal(sent.Failed, undefined);
  const bodies = [];
  await eventually(async () => {
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: handled.QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
    );
    for (const message of Messages ?? []) bodies.push(message.Body);
    return bodies.length === 2;
  }, "both are handled");
  assert.deepEqual(bodies.sort(), ["handled a", "handled b"]);
  const moved = await fetch(process.env.AWS_ENDPOINT_URL + "/_local/clock", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ move: 21_000 }),
  });
  assert.equal(moved.status, 200);
  const letter = await eventually(async () => {
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: failed.QueueUrl, WaitTimeSeconds: 1 }));
    return Messages?.[0];
  }, "the bad one is a dead letter");
  assert.equal(letter.Body, "bad");
});
