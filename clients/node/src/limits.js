// DynamoDB's limits, and ours. InvalidArgument names the one that is broken.
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
"use strict";

module.exports = {
  eventsPerAppend: 100, // actions of a TransactWriteItems
  eventBytes: 400 * 1024, // an item
  transactionBytes: 4 * 1024 * 1024,
  keyBytes: 2048, // a partition key
  sortKeyBytes: 1024,
  depth: 32, // levels of nested lists and maps
  digits: 38, // of a number
  version: Number.MAX_SAFE_INTEGER,
  lookBack: 100, // events in which an append at any version looks for its event ids (ours)
};
