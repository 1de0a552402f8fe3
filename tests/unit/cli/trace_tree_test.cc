#include "cli/output/trace_tree.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace ddblog::cli {
namespace {

std::string drawn(const std::string& trace) {
  std::ostringstream out;
  drawTrace(out, parseJson(trace).as_object(), {});
  return out.str();
}

TEST(TraceTree, DrawsWhatCanBeKnownInAws) {
  EXPECT_EQ(drawn(R"({
    "event": {"log": "users", "id": "42", "version": 2},
    "item": {"type": {"S": "changed"}, "createdAt": {"S": "2026-11-28T09:00:00.000Z"}},
    "neighbours": [{"version": 1, "type": "signup", "createdAt": "2026-11-28T08:00:00.000Z"},
                   {"version": 3, "type": "changed", "createdAt": ""}],
    "path": [
      {"kind": "source", "table": "dev-dynamodb-logs", "function": "Trigger", "state": "Enabled", "lastResult": "OK",
       "children": [{"kind": "lines", "function": "Trigger", "log": ["hello"], "children": []}]},
      {"kind": "event", "bus": "dynamodb-log", "children": [
        {"kind": "match", "rule": "users", "state": "ENABLED", "children": [
          {"kind": "target", "target": "arn:aws:lambda:eu-north-1:111122223333:function:Users", "children": [
            {"kind": "attempt", "function": "Users", "result": "failure", "durationMs": 12, "error": "no",
             "log": ["users#42#stream"], "children": []},
            {"kind": "attempt", "function": "Users", "result": "unknown", "log": [], "children": []},
            {"kind": "message", "queue": "arn:aws:sqs:eu-north-1:111122223333:failed", "messageId": "m-1",
             "what": "RetriesExhausted", "children": []}]}]},
        {"kind": "match", "rule": "idle", "state": "DISABLED", "children": []},
        {"kind": "rule", "rule": "orders", "matches": false, "children": [],
         "misses": [{"path": "detail.log", "value": "\"users\"", "wanted": "[\"orders\"]"}]},
        {"kind": "archive", "archive": "all", "state": "ENABLED", "matches": true, "children": []},
        {"kind": "archive", "archive": "orders", "state": "ENABLED", "matches": false, "children": []}]},
      {"kind": "readModel", "table": "dev-core", "key": "users#42", "version": 1, "hasEvent": false, "children": []},
      {"kind": "readModel", "table": "dev-core", "key": "users#7", "version": 0, "hasEvent": false, "children": []},
      {"kind": "readModel", "table": "dev-core", "key": "users#8", "version": 3, "hasEvent": true, "children": []}],
    "unknown": ["The log of the function Users: AccessDeniedException"]})"),
            R"(users 42 version 2: changed, appended 2026-11-28T09:00:00.000Z
  beside it: version 1: signup, appended 2026-11-28T08:00:00.000Z
  beside it: version 3: changed
├─ the stream of dev-dynamodb-logs, for Trigger (Enabled, last result: OK)
│  └─ lines that name the event, but not their attempt
│       | hello
├─ event on the bus dynamodb-log
│  ├─ rule users matches
│  │  └─ to Users
│  │     ├─ Users: failure in 12 ms: no
│  │     │    | users#42#stream
│  │     ├─ Users: its result is not known
│  │     └─ message m-1 in the queue failed: RetriesExhausted
│  ├─ rule idle matches, but is disabled
│  ├─ rule orders does not match
│  │    detail.log is "users"; the pattern wants ["orders"]
│  ├─ archive all keeps such events (ENABLED)
│  └─ archive orders does not keep such events (ENABLED)
├─ read model users#42 in dev-core: at version 1, without the event
├─ read model users#7 in dev-core: there is none
└─ read model users#8 in dev-core: at version 3, with the event
? The log of the function Users: AccessDeniedException
)");
}

}  // namespace
}  // namespace ddblog::cli
