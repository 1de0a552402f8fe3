// An event of the log as rules see it: what the trigger puts on the bus, and what EventBridge adds.
//
//   {"version": "0", "id": "5d0c…", "detail-type": "stream changes", "source": "dynamodb-log",
//    "account": "111122223333", "time": "2026-11-28T09:00:00Z", "region": "eu-north-1", "resources": [],
//    "replay-name": "rebuild-…", "detail": {"log": "users", "key": {…}, "type": "signup", "payload": {…}}}
//
// Thread safety: a stateless function.
#pragma once

#include <string>

#include "ddblog/event.h"

namespace ddblog::cli {

struct OnBus {
  std::string id;
  std::string time;              // ISO 8601
  std::string bus_arn = {};      // for the account and the region; empty: those of the offline cloud
  std::string replay_name = {};  // empty: it is no replay
};

std::string busEventOf(const Event& event, const OnBus& on_bus);

}  // namespace ddblog::cli
