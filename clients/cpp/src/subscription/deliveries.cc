#include "clients/cpp/src/subscription/deliveries.h"

#include <algorithm>

#include "clients/cpp/src/event_item.h"
#include "clients/cpp/src/queries.h"
#include "clients/cpp/src/stored_events.h"
#include "clients/cpp/src/thrown.h"

namespace ddblog {
namespace {

// Before a handler is called again: longer after each attempt.
constexpr std::chrono::milliseconds kFirstRetry{100};
constexpr std::chrono::milliseconds kLongestRetry{10'000};
constexpr int kDoublings = 7;  // of the first, until it is longer than the longest

std::chrono::milliseconds delayAfter(int attempt, Environment& environment) {
  const auto delay = std::min(kLongestRetry, kFirstRetry * (1 << std::min(attempt - 1, kDoublings)));
  return delay / 2 + environment.jitter(delay / 2);
}

}  // namespace

// Which event the item should be; none if it has not the key of one, which is reported if it is in a
// stream.
std::optional<EventName> Deliveries::nameOf(const json::object& item) const {
  const auto stream = parseStreamKey(optionalText(item, "pk"));
  if (!stream || (!options_.logs.empty() && !options_.logs.contains(stream->log))) return std::nullopt;
  if (!hasVersion(item)) {
    options_.notice("The subscription passes over an item of the stream " + stream->log + "#" + stream->id +
                    ": its sort key is not a version.");
    return std::nullopt;
  }
  return EventName{stream->log, stream->id, versionOf(item), optionalText(item, "type")};
}

void Deliveries::take(const json::object& item, bool is_whole, const Pause& pause) {
  const std::optional<EventName> event = nameOf(item);
  if (!event) return;
  const std::string pk = optionalText(item, "pk");
  const std::uint64_t known = handled_.of(pk);
  if (event->version <= known) return;
  const VersionRange missing{.first = known == 0 ? event->version : known + 1,
                             .last = is_whole ? event->version - 1 : event->version};
  queryStoredItems(*source_.transport, source_.table, pk, missing, [&](const json::object& stored) {
    process(pk, stored, pause);
    return true;
  });
  if (is_whole) process(pk, item, pause);
}

void Deliveries::process(const std::string& pk, const json::object& item, const Pause& pause) {
  const std::optional<EventName> name = nameOf(item);
  if (!name) return;
  if (parked_streams_.contains(pk) && !parked_.has(pk)) parked_streams_.erase(pk);  // they were handled again
  if (parked_streams_.contains(pk)) {
    parked_.parkBehind(*name);
  } else {
    handleOrPark(pk, item, *name, pause);
  }
  handled_.saw(pk, name->version);
}

void Deliveries::handleOrPark(const std::string& pk, const json::object& item, const EventName& name,
                              const Pause& pause) {
  for (int attempt = 1;; ++attempt) {
    const std::optional<std::string> error = handle(item);
    if (!error) return;
    const bool is_last = attempt >= options_.attempts;
    options_.notice(std::string(is_last ? "An event is parked" : "A handler has thrown") + ", attempt " +
                    std::to_string(attempt) + ": " + pk + " version " + std::to_string(name.version) + ": " + *error);
    if (is_last) {
      parked_.park(name, *error, attempt);
      parked_streams_.insert(pk);
      return;
    }
    pause(delayAfter(attempt, environment_));
  }
}

std::optional<std::string> Deliveries::retry(const ParkedEvent& parked) const {
  const VersionRange only{.first = parked.version, .last = parked.version};
  std::optional<std::string> error;
  queryStoredItems(*source_.transport, source_.table, streamKey(parked.log, parked.id), only,
                   [&](const json::object& item) {
                     error = handle(item);
                     return true;
                   });
  return error;
}

// Returns what was thrown.
std::optional<std::string> Deliveries::handle(const json::object& item) const {
  try {
    const Event event = eventFromItem(item, *source_.schema);
    const auto found = handlers_.find(event.type);
    const Subscription::Handler& handler = found == handlers_.end() ? any_handler_ : found->second;
    if (handler) handler(event);
    return std::nullopt;
  } catch (...) {
    const Thrown thrown = currentlyThrown();
    return thrown.type + ": " + thrown.message;
  }
}

}  // namespace ddblog
