// Calls through the AWS SDK for JavaScript v3, which finds endpoint, region and credentials as the
// AWS CLI does. Its packages are loaded at the first call that needs them.
"use strict";

const { ConfigurationError, NotReachable, ServiceError } = require("../errors.js");

const packages = {
  dynamodb: { name: "@aws-sdk/client-dynamodb", client: "DynamoDBClient" },
  streams: { name: "@aws-sdk/client-dynamodb-streams", client: "DynamoDBStreamsClient" },
  events: { name: "@aws-sdk/client-eventbridge", client: "EventBridgeClient" },
};

function load(name) {
  try {
    return require(name);
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND") throw error;
    throw new ConfigurationError(
      `${name} is not installed. Install it, or name the endpoint (AWS_ENDPOINT_URL), the region (AWS_REGION) and ` +
        "the credentials (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY).",
      { cause: error },
    );
  }
}

function translated(error) {
  const status = error.$metadata?.httpStatusCode;
  if (status === undefined) {
    const isNetwork = /^E[A-Z]+$/.test(error.code ?? "") || /^(Timeout|Networking|Abort)/.test(error.name);
    return isNetwork ? new NotReachable(`DynamoDB does not answer: ${error.message}`, { cause: error }) : error;
  }
  return new ServiceError({
    type: error.name,
    message: error.message,
    status,
    attempts: error.$metadata.attempts,
    reasons: error.CancellationReasons,
    item: error.Item,
    cause: error,
  });
}

class SdkTransport {
  #clients;
  #config;

  /**
   * `clients`: {dynamodb, streams, events}, each optional. `config`: of the clients that are made
   * here.
   */
  constructor({ clients = {}, config = {} } = {}) {
    this.#clients = { ...clients };
    this.#config = config;
  }

  /** Through a DynamoDBClient; clients of the other services get its region, credentials and endpoint. */
  static of(client) {
    const { region, credentials, endpoint } = client.config;
    return new SdkTransport({ clients: { dynamodb: client }, config: { region, credentials, endpoint } });
  }

  /**
   * Calls one operation. Throws ServiceError, NotReachable, ConfigurationError, and what the SDK
   * throws before it sends.
   */
  async call(service, operation, request) {
    const library = load(packages[service].name);
    this.#clients[service] ??= new library[packages[service].client](this.#config);
    try {
      const { $metadata, ...answer } = await this.#clients[service].send(new library[`${operation}Command`](request));
      return answer;
    } catch (error) {
      throw translated(error);
    }
  }

  close() {
    for (const client of Object.values(this.#clients)) client.destroy();
  }
}

module.exports = { SdkTransport };
