// Brings events to handlers: each stream in order, at least once. An event whose handler throws in
// every attempt is parked, and the later events of its stream behind it.
//
// Methods throw what Transport::call throws. Thread safety: on() and onAny() come first. Then one
// thread calls its methods; retry() may be called from any thread.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/json.h"
#include "clients/cpp/src/subscription/handled_versions.h"
#include "clients/cpp/src/subscription/parked_events.h"
#include "ddblog/schema.h"

namespace ddblog {

// The log table, and how its items become events.
struct EventSource {
  std::shared_ptr<Transport> transport;
  std::string table;
  std::shared_ptr<const Schema> schema;
};

class Deliveries {
 public:
  struct Options {
    std::set<std::string> logs;  // empty: all
    int attempts = 1;
    std::function<void(const std::string&)> notice;
  };
  // Pauses, with heartbeats. Throws if the consumer has to end: then the event was not handled.
  using Pause = std::function<void(std::chrono::milliseconds)>;

  // `parked` and `environment` must outlive it.
  Deliveries(EventSource source, const ParkedEvents& parked, Environment& environment, Options options)
      : source_(std::move(source)), parked_(parked), environment_(environment), options_(std::move(options)) {}

  void on(const std::string& type, Subscription::Handler handler) { handlers_[type] = std::move(handler); }
  void onAny(Subscription::Handler handler) { any_handler_ = std::move(handler); }

  // Finds out which streams have parked events: at times, because other consumers park events, too.
  void loadParked() { parked_streams_ = parked_.streams(); }
  // Forgets what was handled: other consumers may have handled later events of the same streams.
  void forget() { handled_.forget(); }

  // Handles an event, after those of its stream that are missing before it, unless it was handled
  // already. `item`: of any kind, as it is stored; or, if `is_whole` is false, its key: then the table
  // has the rest.
  void take(const json::object& item, bool is_whole, const Pause& pause);

  // Calls the handler of a parked event once more. Returns what it has thrown.
  std::optional<std::string> retry(const ParkedEvent& parked) const;

 private:
  std::optional<EventName> nameOf(const json::object& item) const;
  void process(const std::string& pk, const json::object& item, const Pause& pause);
  void handleOrPark(const std::string& pk, const json::object& item, const EventName& name, const Pause& pause);
  std::optional<std::string> handle(const json::object& item) const;

  const EventSource source_;
  const ParkedEvents& parked_;
  Environment& environment_;
  const Options options_;
  std::map<std::string, Subscription::Handler> handlers_;  // by event type
  Subscription::Handler any_handler_;
  HandledVersions handled_;
  std::set<std::string> parked_streams_;  // by partition key
};

}  // namespace ddblog
