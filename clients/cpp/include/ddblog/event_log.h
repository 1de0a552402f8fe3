// The event log: append with optimistic locking, read a stream, follow all streams.
//
//   ddblog::EventLog log(ddblog::connect(), ddblog::logTableName("local"));
//   auto version = log.append("users", id, {"signup", R"({"name": "Ada"})"},
//                             ddblog::Expected::none());
//   log.append("users", id, {"addPhoneNumber", R"({"phoneNumber": "+46…"})"},
//              ddblog::Expected::version(version));
//
// An append is a conditional write (attribute_not_exists(pk)). If two writers append the same
// version, one succeeds and the other gets VersionConflict. Several events in one append are
// written all or none (TransactWriteItems).
//
// Every event has a unique id. If the response to a write is lost, the retry finds an event at its
// version; the id shows whether that event is its own, in which case the append has succeeded.
//
// A write that conflicts with another transaction on the same item (TransactionConflictException,
// or TransactionCanceledException with the reason TransactionConflict) is tried up to 20 times,
// with pauses in between. After that the error is thrown as ServiceError, and nothing was appended.
//
// Limits (DynamoDB's): 100 events and 4 MB per append, 400 KB per event.
// Thread safety: all methods may be called from any thread.
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
#include "ddblog/transport.h"

namespace ddblog {

// The version that a writer expects the stream to have.
class Expected {
 public:
  static Expected version(std::uint64_t version) { return Expected(Kind::kVersion, version); }  // of its last event
  static Expected none() { return Expected(Kind::kVersion, 0); }  // the stream does not exist
  static Expected any() { return Expected(Kind::kAny, 0); }       // lost races are retried

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
  EventLog(std::shared_ptr<Transport> transport, std::string table,
           std::shared_ptr<Environment> environment = systemEnvironment());

  // Appends one event and returns its version. Throws VersionConflict, std::invalid_argument
  // (nothing was sent), and what Transport::call throws.
  std::uint64_t append(std::string_view log, std::string_view id, const NewEvent& event, Expected expected);
  // Appends several events, all or none, and returns the version of the last one.
  std::uint64_t appendAll(std::string_view log, std::string_view id, const std::vector<NewEvent>& events,
                          Expected expected);

  // The events of a stream from version `from` on, in order: all pages, strongly consistent. Empty
  // if the stream does not exist. Throws InvalidEvent for an item that is not an event.
  std::vector<Event> read(std::string_view log, std::string_view id, std::uint64_t from = 1);
  // The same one at a time, so memory is bounded by a page (1 MB). Stops when `visit` returns
  // false.
  void read(std::string_view log, std::string_view id, std::uint64_t from,
            const std::function<bool(const Event&)>& visit);

  // The same backwards: from the last event on, or from version `from` if it is not 0. If you want few
  // events, say how many in `page`: no more are read at a time.
  void readBackwards(std::string_view log, std::string_view id, std::uint64_t from, std::uint64_t page,
                     const std::function<bool(const Event&)>& visit);

  // The version of the last event; 0 if the stream does not exist.
  std::uint64_t version(std::string_view log, std::string_view id);

  // How far a subscriber has read the table's stream: by shard, the last sequence number that it
  // has handled.
  using Position = std::map<std::string, std::string>;

  struct SubscribeOptions {
    Position position = {};  // what an earlier subscription passed to `checkpoint`; empty: all retained events (24 h)
    bool only_new = false;   // if `position` is empty: only events appended from now on
    std::chrono::milliseconds idle_delay{200};  // between polls when no shard had a new event
  };

  // Follows the table's stream until a stop is requested. `handle` gets every event of every log;
  // events of one stream arrive in order. `checkpoint` gets the position to save after each batch.
  // A shard is read only after its parent was read to the end. If `handle` throws, the subscription
  // ends and subscribe() rethrows. Events handled after the last saved position are delivered
  // again. Items that are not events are skipped.
  void subscribe(const SubscribeOptions& options, std::stop_token stop, const std::function<void(const Event&)>& handle,
                 const std::function<void(const Position&)>& checkpoint);

 private:
  struct Stream;
  std::uint64_t write(const Stream& stream, const std::vector<NewEvent>& events, std::uint64_t after);
  bool ownWrite(const Stream& stream, const std::vector<NewEvent>& events, std::uint64_t after);
  std::vector<NewEvent> complete(std::string_view id, const std::vector<NewEvent>& events);
  std::uint64_t lastVersion(const std::string& pk);

  std::shared_ptr<Transport> transport_;
  std::string table_;
  std::shared_ptr<Environment> environment_;
};

}  // namespace ddblog
