// The event log: append with optimistic locking, read a stream, follow all streams.
//
//   ddblog::EventLog log(ddblog::connect(), ddblog::logTableName("local"));
//   auto version = log.append("users", id, {"signup", R"({"name": "Ada"})"}, ddblog::Expected::none());
//   log.append("users", id, {"addPhoneNumber", R"({"phoneNumber": "+46…"})"}, ddblog::Expected::version(version));
//
// An append is a conditional write (attribute_not_exists(pk)), so of two writers of one version only one can win; the
// other gets VersionConflict. Several events of one append are written all or none (TransactWriteItems).
//
// Every event carries an id of its own. When the answer to a write was lost and the second attempt finds an event in
// its place, that id tells whether it is our own: then the append has succeeded.
//
// A write that meets somebody else's transaction of the same item (TransactionConflictException, or
// TransactionCanceledException with the reason TransactionConflict) is tried up to 20 times, with pauses between; if it
// meets one every time, that refusal comes out as ServiceError: nothing was appended.
//
// Limits: 100 events and 4 MB an append, 400 KB an event: DynamoDB's. Thread safety: all methods may be called from any
// thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "ddblog/errors.h"
#include "ddblog/event.h"
#include "ddblog/wire.h"

namespace ddblog {

// What a writer believes about the stream it appends to.
class Expected {
 public:
  static Expected version(std::uint64_t version) { return Expected(Kind::kVersion, version); }  // its last event
  static Expected none() { return Expected(Kind::kVersion, 0); }                                // it does not exist
  static Expected any() { return Expected(Kind::kAny, 0); }  // whatever it is; races are tried again

  bool isAny() const { return kind_ == Kind::kAny; }
  std::uint64_t version() const { return version_; }

 private:
  enum class Kind { kVersion, kAny };
  Expected(Kind kind, std::uint64_t version) : kind_(kind), version_(version) {}
  Kind kind_;
  std::uint64_t version_;
};

class EventLog {
 public:
  EventLog(std::shared_ptr<Wire> wire, std::string table,
           std::shared_ptr<Surroundings> surroundings = systemSurroundings());

  // Appends and returns the version of the (last) event. Throws VersionConflict, std::invalid_argument (nothing was
  // sent), and what Wire::call throws.
  std::uint64_t append(std::string_view log, std::string_view id, const NewEvent& event, Expected expected);
  // Several events, all or none.
  std::uint64_t appendAll(std::string_view log, std::string_view id, const std::vector<NewEvent>& events,
                          Expected expected);

  // The events of a stream from `from` on, in order of their versions: all pages, read consistently. A stream that does
  // not exist has none. Throws InvalidEvent for an item that is no event.
  std::vector<Event> read(std::string_view log, std::string_view id, std::uint64_t from = 1);
  // The same, one by one: memory is bounded by a page (1 MB). Stops when `visit` returns false.
  void read(std::string_view log, std::string_view id, std::uint64_t from,
            const std::function<bool(const Event&)>& visit);

  // The version of the last event; 0: the stream does not exist.
  std::uint64_t version(std::string_view log, std::string_view id);

  // Where a follower of the table's stream is: the last sequence number it is done with, by shard.
  using Position = std::map<std::string, std::string>;

  struct SubscribeOptions {
    Position position = {};  // what an earlier subscription gave to `checkpoint`; empty: all that is kept (24 h)
    bool only_new = false;   // with an empty position: begin with what is appended from now on
    std::chrono::milliseconds idle_delay{200};  // between looks at a shard that had nothing new
  };

  // Follows the table's stream until `stop` is asked for: `handle` gets every event of every log, the events of one
  // stream in order; `checkpoint` gets the position after each batch of handled events, to be kept. A shard's parent is
  // read to its end before the shard. What `handle` throws ends the subscription and comes out of subscribe(). An event
  // whose handling was not checkpointed is given again. Items that are no events are passed over.
  void subscribe(const SubscribeOptions& options, std::stop_token stop, const std::function<void(const Event&)>& handle,
                 const std::function<void(const Position&)>& checkpoint);

 private:
  struct Stream;
  std::uint64_t write(const Stream& stream, const std::vector<NewEvent>& events, std::uint64_t after);
  bool ownWrite(const Stream& stream, const std::vector<NewEvent>& events, std::uint64_t after);
  std::vector<NewEvent> complete(std::string_view id, const std::vector<NewEvent>& events);
  std::uint64_t lastVersion(const std::string& pk);

  std::shared_ptr<Wire> wire_;
  std::string table_;
  std::shared_ptr<Surroundings> surroundings_;
};

}  // namespace ddblog
