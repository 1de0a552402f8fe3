// What the error of a conditional write means.
"use strict";

const { NotReachable, ServiceError } = require("./errors.js");

const temporary = new Set([
  "InternalServerError",
  "LimitExceededException",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "ServiceUnavailable",
  "ThrottlingException",
  "TransactionConflictException",
  "TransactionInProgressException",
]);
const temporaryReasons = new Set(["None", "ProvisionedThroughputExceeded", "ThrottlingError", "TransactionConflict"]);

/** What a failed write means: "lost" (a condition did not hold), "again", or "failed". */
function meaningOf(error) {
  if (error instanceof NotReachable) return "again";
  if (!(error instanceof ServiceError)) return "failed";
  if (error.type === "ConditionalCheckFailedException") return "lost";
  if (error.type === "TransactionCanceledException") {
    const codes = (error.reasons ?? []).map((reason) => reason.Code);
    if (codes.includes("ConditionalCheckFailed")) return "lost";
    return codes.length > 0 && codes.every((code) => temporaryReasons.has(code)) ? "again" : "failed";
  }
  return temporary.has(error.type) || error.status >= 500 ? "again" : "failed";
}

module.exports = { meaningOf };
