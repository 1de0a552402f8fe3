// Calls through the AWS SDK for JavaScript v3, which finds endpoint, region and credentials as the
// AWS CLI does. Its packages are loaded at the first call that needs them.
"use strict";

const { NotReachable, ServiceError } = require("../errors.js");
const { loadPackage } = require("./places.js");

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
    const { library, client: Client } = loadPackage(service);
    this.#clients[service] ??= new Client(this.#config);
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
