// What time it is for the application: the offline cloud's time of day, which tests move, set and
// freeze; in AWS the machine's.
"use strict";

const { NotReachable, ServiceError } = require("./errors.js");
const { Signer } = require("./transport/signer.js");

const service = "execute-api"; // routes below /_local are signed like those of an API in API Gateway
const timeout = 10_000; // ms
// The cloud checks access keys, and refuses these.
const refusals = new Set(["IncompleteSignatureException", "InvalidSignatureException", "UnrecognizedClientException"]);

async function ask(url, env) {
  const headers = { host: url.host };
  const credentials = {
    accessKeyId: env.AWS_ACCESS_KEY_ID || "local",
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY || "local",
    sessionToken: env.AWS_SESSION_TOKEN,
  };
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || "us-east-1";
  new Signer(region, service).sign(headers, url.pathname, "", credentials, "GET");
  delete headers.host; // fetch sends it
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(timeout) });
    const answer = JSON.parse(await response.text());
    if (response.ok) return answer?.now;
    const type = (response.headers.get("x-amzn-errortype") ?? "").split(":")[0];
    if (!refusals.has(type)) return undefined;
    throw new ServiceError({ type, message: answer.message ?? "", status: response.status });
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    if (error instanceof SyntaxError) return undefined; // not the offline cloud's answer
    throw new NotReachable(`${url.host} does not say what time it is: ${error.message}`, { cause: error });
  }
}

/** See index.d.ts. */
async function now({ env = process.env } = {}) {
  const endpoint = env.AWS_ENDPOINT_URL || env.AWS_ENDPOINT_URL_DYNAMODB;
  const text = endpoint ? await ask(new URL("/_local/clock", endpoint), env) : undefined;
  return text === undefined ? new Date() : new Date(text);
}

module.exports = { now };
