// Subscriptions: a program's own reader of all events, at least once, each stream in order.
//
//   ddblog::Subscription mails(log, {.group = "mails"});
//   mails.on("signup", [](const ddblog::Event& event) { … });
//   mails.run();  // until mails.stop()
//
// A subscription first reads the table by a scan, then follows the table's stream. What was written
// during the scan is in the stream as well, which is read from where it ended before the scan. For
// each stream of events, the last version that was handled is remembered: what was handled already is
// skipped, and a version that is missing in between is read from the table.
//
// Programs with the same group share the shards of the stream by leases, and go on where the group
// ended. They may be written in C++, Node.js and Python. If one dies, the others take over its shards
// when its leases have run out. A group that was down for more than 20 hours reads the whole table
// again, because DynamoDB keeps the stream for 24; its handlers get all events again. So does one
// whose table got another stream. One program reads the table, and must take less than 20 hours.
//
// A handler that throws is called again, with growing pauses. After the last attempt its event is
// parked, with what was thrown, and later events of its stream are parked behind it, while other
// streams go on. parked() lists them and retryParked() handles them, in order. An item that has the
// key of an event but is none is parked, too. Nothing is skipped silently.
//
// Checkpoints, leases and parked events are items of the read-model table: pk =
// "subscription#<group>". What it costs: docs/event-log.md.
//
// EventLog::subscribe is the simpler reader: one program, without a table of positions.
//
// Thread safety: on() and onAny() come first. Then one thread runs it, and calls the handlers; stop(),
// parked() and retryParked() may be called from any thread. retryParked() calls handlers, too.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "ddblog/event.h"
#include "ddblog/event_log.h"

namespace ddblog {

struct SubscriptionOptions {
  std::string group;
  std::vector<std::string> logs = {};  // whose events are handled; empty: all
  bool only_new = false;               // a group that is new begins with the events that come, without a scan
  std::string table = {};              // of leases and parked events; empty: the log's read_model_table
  int attempts = 5;                    // of a handler, in all
  // A handler must return in less, or another consumer takes over. Every third of it, a consumer looks
  // at the group.
  std::chrono::milliseconds lease_duration{30'000};
  std::chrono::milliseconds idle_pause{200};  // between two looks at the stream when nothing was new
  std::string consumer = {};                  // its name, which no other one of the group has; empty: a new one
  // Gets a line when a handler has thrown, or a service does not answer. Default: it goes to standard
  // error.
  std::function<void(const std::string&)> notice = {};
};

// An event that the handler did not handle, or that follows such a one in its stream (`attempts` is
// 0).
struct ParkedEvent {
  std::string log;
  std::string id;
  std::uint64_t version = 0;
  std::string type;  // empty if the program that parked it did not say it
  std::string error;
  int attempts = 0;
  std::string parked_at;  // ISO 8601
};

struct RetriedEvents {
  std::size_t handled = 0;
  std::size_t failed = 0;  // their handler threw once more; what is parked behind them was not tried
};

class Subscription {
 public:
  using Handler = std::function<void(const Event&)>;

  // The log may end before it. Throws InvalidArgument.
  Subscription(const EventLog& log, const SubscriptionOptions& options);
  ~Subscription();
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

  // The handler of an event type, and that of all types which have none of their own. Without the
  // latter, these are skipped.
  void on(const std::string& type, Handler handler);
  void onAny(Handler handler);

  // Handles events until a stop is requested. Then the running handler ends, its checkpoint is
  // written, and the leases are given back. A service that does not answer is asked again. Throws
  // what Transport::call throws otherwise, and ConfigurationError if the table has no stream.
  void run(const std::stop_token& stop = {});
  // For programs with a loop of their own: one round of run(), without its pauses. It looks at the
  // group if that is due, and handles a page of the table or of each own shard. Returns whether there
  // was something new. To leave the group, call stop() and then run(). Throws what Transport::call
  // throws, also for a service that does not answer.
  bool runOnce();
  // Requests a stop. It can be called before run(), and from a handler; not from a signal handler.
  void stop();

  // The parked events, each stream in order.
  std::vector<ParkedEvent> parked() const;
  // Handles parked events again, each stream in order: of all streams, of a log, or of one stream. If
  // a handler throws, the stream keeps this event and the later ones. An event that has expired is
  // no longer parked, and counts as handled.
  RetriedEvents retryParked(std::string_view log = {}, std::string_view id = {});

 private:
  class Consumer;
  std::unique_ptr<Consumer> consumer_;
};

}  // namespace ddblog
