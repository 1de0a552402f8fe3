// AWS Signature Version 4.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"use strict";

const { createHash, createHmac } = require("node:crypto");

const signedHeaders = ["content-type", "host", "x-amz-date", "x-amz-security-token", "x-amz-target"];

const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const hmac = (key, text) => createHmac("sha256", key).update(text).digest();

class Signer {
  #region;
  #service;
  #key = { of: "", bytes: null }; // the day's key; deriving it takes four hashes

  constructor(region, service) {
    this.#region = region;
    this.#service = service;
  }

  /** Adds the date, the session token and the signature to the headers of a request to `path`. */
  sign(headers, path, body, { accessKeyId, secretAccessKey, sessionToken }, method = "POST") {
    const date = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
    headers["x-amz-date"] = date;
    if (sessionToken) headers["x-amz-security-token"] = sessionToken;
    const scope = `${date.slice(0, 8)}/${this.#region}/${this.#service}/aws4_request`;
    const names = signedHeaders.filter((name) => name in headers);
    const canonical = names.map((name) => `${name}:${headers[name]}\n`).join("");
    const request = `${method}\n${path}\n\n${canonical}\n${names.join(";")}\n${sha256(body)}`;
    const key = this.#dayKey(scope, secretAccessKey);
    const signature = hmac(key, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(request)}`).toString("hex");
    headers.authorization =
      `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, ` +
      `Signature=${signature}`;
  }

  /**
   * Adds what the offline cloud accepts in place of a signature if it checks none. It still says
   * whose call it is: each function process has an access key of its own.
   */
  leaveUnsigned(headers, { accessKeyId }) {
    headers["x-amz-date"] = "19700101T000000Z";
    headers.authorization =
      `AWS4-HMAC-SHA256 Credential=${accessKeyId}/19700101/${this.#region}/${this.#service}/aws4_request, ` +
      "SignedHeaders=host;x-amz-date, Signature=0";
  }

  #dayKey(scope, secret) {
    if (this.#key.of !== secret + scope) {
      this.#key = { of: secret + scope, bytes: scope.split("/").reduce(hmac, `AWS4${secret}`) };
    }
    return this.#key.bytes;
  }
}

module.exports = { Signer };
