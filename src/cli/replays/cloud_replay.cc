#include "cli/replays/cloud_replay.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "aws/json_response.h"
#include "base/json_fields.h"
#include "ddblog/errors.h"
#include "ddblog/transport.h"

namespace ddblog::cli {
namespace {

constexpr std::chrono::milliseconds kFirstPause{20}, kLongestPause{500};

ConnectionFlags flagsOfBus(ConnectionFlags flags) {
  flags.endpoint_url = eventBridgeUrl(flags);
  return flags;
}

json::array arrayOf(const std::vector<std::string>& texts) {
  json::array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

std::string bodyOf(const CloudReplayRequest& request) {
  json::object body{{"ReplayName", request.name},      {"EventBusName", request.bus},
                    {"Rules", arrayOf(request.rules)}, {"Logs", arrayOf(request.logs)},
                    {"Types", arrayOf(request.types)}, {"CountsOnly", request.counts_only}};
  if (!request.archive.empty()) body["ArchiveName"] = request.archive;
  if (request.from) body["EventStartTime"] = toEpochSeconds(*request.from);
  if (request.to) body["EventEndTime"] = toEpochSeconds(*request.to);
  if (request.events_per_second > 0) body["EventsPerSecond"] = request.events_per_second;
  return json::serialize(body);
}

std::uint64_t numberAt(const json::object& object, const char* name) {
  const json::value* number = object.if_contains(name);
  return number ? number->to_number<std::uint64_t>() : 0;
}

}  // namespace

// A request that is repeated because its answer was lost would find its own replay.
CloudReplay::CloudReplay(const ConnectionFlags& flags, const CloudReplayRequest& request)
    : flags_(flags), name_(request.name), cloud_(flagsOfBus(flags), "`aws events start-replay`") {
  const LocalCloud once(flagsOfBus(flags), "`aws events start-replay`", 1);
  once.send("POST", "/_local/replays", {}, bodyOf(request));
}

CloudReplayState CloudReplay::look() const {
  const json::object object = aws::parseResponse(cloud_.send("GET", "/_local/replays/" + name_).body);
  CloudReplayState state{textOf(object, "State"), textOf(object, "StateReason"), {}, 0, 0, {}};
  if (object.contains("Total")) state.total = numberAt(object, "Total");
  state.replayed = numberAt(object, "Replayed");
  state.skipped = numberAt(object, "Skipped");
  for (const json::value& rule : object.at("Rules").as_array()) {
    state.rules.emplace_back(textOf(rule.as_object(), "Name"), numberAt(rule.as_object(), "Events"));
  }
  return state;
}

void CloudReplay::cancel() const {
  try {
    connectAs(flags_)->call(Api::kEventBridge, "CancelReplay", json::serialize(json::object{{"ReplayName", name_}}));
  } catch (const ServiceError& error) {
    if (error.type() != "IllegalStatusException") throw;  // it has just ended
  }
}

CloudReplayState CloudReplay::follow(const std::function<bool()>& cancels,
                                     const std::function<void(const CloudReplayState&)>& show) const {
  const auto environment = systemEnvironment();
  bool is_cancelled = false;
  for (auto pause = kFirstPause;; pause = std::min(pause * 2, kLongestPause)) {
    const CloudReplayState state = look();
    show(state);
    if (state.state == "FAILED") throw std::runtime_error("replay " + name_ + " failed: " + state.reason);
    if (state.isOver()) return state;
    if (!is_cancelled && cancels()) {
      cancel();
      is_cancelled = true;
    }
    environment->pause(pause);
  }
}

}  // namespace ddblog::cli
