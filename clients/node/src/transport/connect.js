// Finds out how to reach DynamoDB, its streams and EventBridge.
"use strict";

const { environmentOf } = require("../environment.js");
const { ConfigurationError } = require("../errors.js");
const { HttpTransport } = require("./http.js");
const { isLoopback, placeOfSdk, preload } = require("./places.js");

const variables = { dynamodb: "DYNAMODB", streams: "DYNAMODB_STREAMS", events: "EVENTBRIDGE" };
const local = { accessKeyId: "local", secretAccessKey: "local" }; // what the offline cloud accepts
const offlineCloud = "http://localhost:8000";

function endpointsOf(env, endpoint, stage) {
  const urls = {};
  for (const [service, variable] of Object.entries(variables)) {
    urls[service] = endpoint || env[`AWS_ENDPOINT_URL_${variable}`] || env.AWS_ENDPOINT_URL;
    if (stage === "local") urls[service] ||= offlineCloud;
  }
  return urls;
}

function urlOf(endpoint) {
  let url;
  try {
    url = new URL(endpoint);
  } catch {
    // It is said below.
  }
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw new ConfigurationError(`the endpoint "${endpoint}" is not an http or https URL`);
}

/** Where the options and the environment say that a service is; null if they do not say all of it. */
function namedPlaces({ endpoint, stage, region, credentials, env }) {
  const urls = endpointsOf(env, endpoint, stage);
  const isOnThisMachine = Boolean(urls.dynamodb) && isLoopback(urlOf(urls.dynamodb));
  const isLocal = isOnThisMachine && (stage === "local" || !env.AWS_PROFILE);
  const place = region || env.AWS_REGION || env.AWS_DEFAULT_REGION || (isLocal ? "us-east-1" : undefined);
  const keys = credentials ?? {
    accessKeyId: env.AWS_ACCESS_KEY_ID,
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
    sessionToken: env.AWS_SESSION_TOKEN,
  };
  const haveKeys = Boolean(keys.accessKeyId && keys.secretAccessKey);
  if (!Object.values(urls).every(Boolean) || !place || !(haveKeys || isLocal)) return null;
  return (service) => ({
    url: urlOf(urls[service]),
    region: place,
    credentials: () => (haveKeys ? keys : local),
  });
}

/**
 * A transport: `call(service, operation, request)` with service "dynamodb", "streams" or "events".
 * If the options or the environment name the endpoint, the region and the credentials, it needs no
 * package; an endpoint on this machine needs no region and no credentials. The stage "local" is at
 * the offline cloud's usual port, unless they name another endpoint. Otherwise the AWS SDK finds
 * them; in a Lambda function (or with `light`) that is all that the SDK does, and else it sends the
 * calls, too. Sends nothing.
 *
 * @param options {endpoint, stage, region, credentials: {accessKeyId, secretAccessKey,
 * sessionToken}, light, env, environment}
 */
function connect({ endpoint, stage, region, credentials, light, env = process.env, environment } = {}) {
  const system = environmentOf(environment);
  const named = namedPlaces({ endpoint, stage, region, credentials, env });
  if (named) return new HttpTransport({ placeOf: named, environment: system });
  const config = {};
  if (endpoint) config.endpoint = endpoint;
  if (region) config.region = region;
  if (credentials) config.credentials = credentials;
  if (!(light ?? Boolean(env.AWS_LAMBDA_FUNCTION_NAME))) {
    const { SdkTransport } = require("./sdk.js");
    return new SdkTransport({ config });
  }
  preload();
  return new HttpTransport({ placeOf: (service) => placeOfSdk(service, config), environment: system });
}

module.exports = { connect };
