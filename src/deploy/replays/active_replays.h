// The replays of EventBridge that go on.
//
// Errors: those of aws::Client. Thread safety: a value type; a function without state.
#pragma once

#include <string>
#include <vector>

#include "aws/client.h"

namespace ddblog::replays {

struct ActiveReplay {
  std::string name;
  std::string source;  // the name of the archive; of an offline cloud's own archive, that of the bus
  std::string state;   // "RUNNING"
  std::string detail;  // "archive log, up to 2026-11-22T09:00:00Z of 2026-11-22T10:00:00Z"
};

std::vector<ActiveReplay> activeReplays(const aws::Client& events);

}  // namespace ddblog::replays
