// Where the services are, and who asks, as the AWS SDK finds them.
"use strict";

const { ConfigurationError } = require("../errors.js");

const packages = {
  dynamodb: { name: "@aws-sdk/client-dynamodb", client: "DynamoDBClient", anyCommand: "ListTablesCommand" },
  streams: {
    name: "@aws-sdk/client-dynamodb-streams",
    client: "DynamoDBStreamsClient",
    anyCommand: "ListStreamsCommand",
  },
  events: { name: "@aws-sdk/client-eventbridge", client: "EventBridgeClient", anyCommand: "ListEventBusesCommand" },
};

const isLoopback = (url) => ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);

/** {library, client, anyCommand}: the SDK's package of a service. Throws ConfigurationError. */
function loadPackage(service) {
  const { name, client, anyCommand } = packages[service];
  try {
    const library = require(name);
    return { library, client: library[client], anyCommand: library[anyCommand] };
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND") throw error;
    throw new ConfigurationError(
      `${name} is not installed. Install it, or name the endpoint (AWS_ENDPOINT_URL), the region (AWS_REGION) and ` +
        "the credentials (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY).",
      { cause: error },
    );
  }
}

/**
 * The place of a service: {url, region, credentials()}. The credentials are renewed when they end.
 * `config`: as clients of the SDK take it. Sends nothing, except for what finds credentials.
 */
async function placeOfSdk(service, config) {
  const { client: Client, anyCommand: Command } = loadPackage(service);
  const client = new Client(config);
  let url;
  // The SDK builds a request, and this takes it away before it is signed: its address is what counts.
  client.middlewareStack.add(
    () =>
      async ({ request: { protocol, hostname, port, path } }) => {
        url = new URL(`${protocol}//${hostname}${port ? `:${port}` : ""}${path}`);
        return { response: {}, output: { $metadata: {} } };
      },
    { step: "build", name: "dynamodbLogPlace", priority: "low" },
  );
  try {
    await client.send(new Command({}));
    return { url, region: await client.config.region(), credentials: client.config.credentials };
  } catch (error) {
    throw new ConfigurationError(`the AWS SDK does not find ${service}: ${error.message}`, { cause: error });
  }
}

/** Loads the SDK now, if it is there: a function has the most CPU while it starts. */
function preload() {
  try {
    loadPackage("dynamodb");
  } catch {
    // The call that needs it says so.
  }
}

module.exports = { isLoopback, loadPackage, placeOfSdk, preload };
