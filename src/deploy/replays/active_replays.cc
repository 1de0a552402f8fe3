#include "deploy/replays/active_replays.h"

#include "aws/json_client.h"
#include "aws/pages.h"
#include "base/json_fields.h"
#include "deploy/replays/limits.h"
#include "deploy/replays/source_archive.h"

namespace ddblog::replays {
namespace {

ActiveReplay activeOf(const json::object& replay) {
  const std::string arn = textOf(replay, "EventSourceArn");
  ActiveReplay active{textOf(replay, "ReplayName"), arn.substr(arn.rfind('/') + 1), textOf(replay, "State"), {}};
  active.detail = "archive " + active.source;
  if (memberOf(replay, "EventLastReplayedTime")) {
    active.detail += ", up to " + toIso8601(timeIn(replay, "EventLastReplayedTime"), false);
    active.detail += " of " + toIso8601(timeIn(replay, "EventEndTime"), false);
  }
  return active;
}

}  // namespace

std::vector<ActiveReplay> activeReplays(const aws::Client& events) {
  std::vector<ActiveReplay> active;
  for (const char* state : {"STARTING", "RUNNING", "CANCELLING"}) {
    json::object request{{"State", state}};
    aws::forEachPage("The list of replays", limits::kReplayListPages, [&](const std::string& token) {
      if (!token.empty()) request["NextToken"] = token;
      const json::object answer = aws::callJson(events, "ListReplays", request);
      for (const json::value& replay : answer.at("Replays").as_array()) active.push_back(activeOf(replay.as_object()));
      return textOf(answer, "NextToken");
    });
  }
  return active;
}

}  // namespace ddblog::replays
