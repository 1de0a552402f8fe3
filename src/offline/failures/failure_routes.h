// The routes of the failures, below /_local:
//
//   GET    /_local/failures?limit=100&before=ID&kind=batch&function=NAME
//            -> {"failures": [SUMMARY, …], "total": 42, "next": "17"}     newest first; "next", if there are
//                                                                         more, is the next page's `before`
//   GET    /_local/failures/ID           -> SUMMARY, and "attempts", "error", "log", "payload"
//   POST   /_local/failures/ID/redrive   -> SUMMARY    delivers the payload once more to the same place
//   DELETE /_local/failures/ID           -> {}
//   DELETE /_local/failures              -> {"deleted": 42}
//
//   SUMMARY: {"id": "17", "kind": "invocation", "at": "2026-11-22T09:00:00.000Z", "source": ARN, "place": ARN,
//             "condition": "RetriesExhausted", "errorLine": "ValueError: no such user", "requestId": …,
//             "attemptCount": 3, "payloadBytes": 120, "destinations": [ARN, …],
//             "redriven": {"count": 1, "at": …}}     "redriven" only if it was
//
// "kind": invocation, batch, delivery. "error" and "payload" are JSON if they are valid JSON, otherwise
// strings.
// Errors: ResourceNotFoundException (404); RedriveFailed (409: the recipient rejects it, and the message
// says why); ValidationException.
//
// Thread safety: the handlers may run on any thread.
#pragma once

#include "offline/failures/failure_store.h"
#include "rpc/api.h"
#include "rpc/recipients.h"
#include "store/store.h"

namespace ddblog::offline {

struct FailureContext {
  Store& store;
  FailureStore& failures;
  const rpc::Recipients& recipients;
};

// `context` must outlive the API.
void addFailureRoutes(rpc::RestApi& api, FailureContext& context);

}  // namespace ddblog::offline
