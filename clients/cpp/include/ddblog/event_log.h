// The event log: append with optimistic locking, decide, read streams, follow all of them.
//
//   ddblog::EventLog log(ddblog::connect(), ddblog::logTableName("local"));
//   const auto signup = log.append("users", id, {"signup", R"({"name": "Ada"})"},
//                                  ddblog::Expected::none());
//   log.append("users", id, {"addPhoneNumber", R"({"phoneNumber": "+46…"})"},
//              ddblog::Expected::version(signup.version));
//   for (const ddblog::Event& event : log.stream("users", id)) …
//
// An append is a conditional write (attribute_not_exists(pk)). If two writers append the same
// version, one succeeds and the other gets VersionConflict. Several events in one append are
// written all or none (TransactWriteItems). No gap can arise: an event is written only after a
// version that exists, which this EventLog has read or written, or reads first. Events never change.
//
// Every event has a unique id. If the response to a write is lost, the retry finds an event at its
// version; the id shows whether that event is its own, in which case the append has succeeded. The
// same holds for a caller that repeats an append with its own event ids: with an exact version they
// must be right after it; with any() and exists() they must be among the last 100 events.
//
// A write that conflicts with another transaction on the same item (TransactionConflictException,
// or TransactionCanceledException with the reason TransactionConflict), and a transaction that is
// throttled, is tried up to 20 times, with pauses in between. After that the error is thrown as
// ServiceError, and nothing was appended.
//
// A write whose response was lost is repeated for about 15 seconds, if the server has answered this
// EventLog before: it may be restarting. The transport repeats a request that meets a server error a
// few times. If NotReachable or a server error is thrown after that, nobody knows whether the events
// were appended. Repeat the append with event ids of your own.
//
// any() and exists() run up to 50 races against other writers, then VersionConflict is thrown.
//
// Limits (DynamoDB's): 100 events and 4 MB per append, 400 KB per event. Versions end at 2^53 - 1.
// Thread safety: all methods may be called from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "ddblog/errors.h"
#include "ddblog/event.h"
#include "ddblog/event_range.h"
#include "ddblog/expected.h"
#include "ddblog/schema.h"
#include "ddblog/transport.h"

namespace ddblog {

struct AppendedEvent {
  std::uint64_t version = 0;
  std::string event_id;
};

struct AppendResult {
  std::uint64_t version = 0;  // of the last of the events
  std::vector<AppendedEvent> events;
  bool appended = true;  // false: an earlier append had written the same event ids
};

// What is appended to one stream.
struct StreamAppend {
  std::string log;
  std::string id;
  std::vector<NewEvent> events;
  Expected expected;
};

// A stream that exists.
struct StreamState {
  std::string log;
  std::string id;
  std::uint64_t version = 0;  // of its last event
  bool is_deleted = false;
};

// What EventLog::decide() calls; ddblog::decide() (decide.h) implements it for a state of any type.
class DecisionSteps {
 public:
  virtual ~DecisionSteps() = default;
  virtual void evolve(const Event& event) = 0;
  virtual std::vector<NewEvent> decide() = 0;
  virtual std::string snapshot() = 0;                  // the state as JSON
  virtual void restore(const std::string& state) = 0;  // from that
};

struct DecideOptions {
  int retries = 10;  // while other writers are faster
  // Decide only on this version of the stream (0: it does not exist), without retries.
  std::optional<std::uint64_t> expected_version = {};
};

struct SnapshotOptions {
  std::string code;           // change it whenever `evolve` or the state's shape changes
  std::uint64_t every = 100;  // events from one snapshot to the next
  std::string name = "state";
  // Gets a line if a snapshot could not be saved. Default: it goes to standard error.
  std::function<void(const std::string&)> notice = {};
};

struct DecidedAppend {
  std::uint64_t version = 0;  // of the stream
  std::vector<AppendedEvent> events;
  bool appended = false;
};

struct ReadAllOptions {
  std::size_t segments = 1;  // of the table, which are read at the same time, each by a thread of its own; `visit`
                             // is called on these threads, one call at a time
  bool consistent = true;    // false: costs half, and may miss the latest events
};

struct EventLogOptions {
  Schema schema = {};
  // For snapshots. By default that of the log table's stage.
  std::string read_model_table = {};
};

class EventLog {
 public:
  EventLog(std::shared_ptr<Transport> transport, std::string table,
           std::shared_ptr<Environment> environment = systemEnvironment());
  EventLog(std::shared_ptr<Transport> transport, std::string table, EventLogOptions options,
           std::shared_ptr<Environment> environment = systemEnvironment());
  ~EventLog();

  // Appends one event, or several, all or none. Throws VersionConflict, StreamDeleted,
  // EventIdConflict, InvalidArgument and std::invalid_argument (nothing was sent), and what
  // Transport::call throws.
  AppendResult append(std::string_view log, std::string_view id, const NewEvent& event, Expected expected);
  AppendResult appendAll(std::string_view log, std::string_view id, const std::vector<NewEvent>& events,
                         Expected expected);
  // Appends to several streams, all or none, at most 100 events together. The exception names the
  // stream that refused. Returns a result for each, in their order.
  std::vector<AppendResult> appendTransaction(const std::vector<StreamAppend>& appends);

  // Closes the stream with an event of type "$deleted": its events stay, and nothing can be appended
  // to it any more. Throws as append() does.
  AppendResult deleteStream(std::string_view log, std::string_view id, Expected expected = Expected::exists());

  // Loads, decides, appends; again if another writer was faster. See decide() in decide.h, which is
  // the same for a state of any type. `snapshot`: nullptr for none.
  DecidedAppend decide(std::string_view log, std::string_view id, DecisionSteps& steps,
                       const DecideOptions& options = {}, const SnapshotOptions* snapshot = nullptr);

  // The events of a stream from version `from` on, in order: all pages, strongly consistent. Empty
  // if the stream does not exist. Throws InvalidEvent for an item that is not an event.
  std::vector<Event> read(std::string_view log, std::string_view id, std::uint64_t from = 1);
  // The same one at a time, so memory is bounded by a page (1 MB). Stops when `visit` returns
  // false.
  void read(std::string_view log, std::string_view id, std::uint64_t from,
            const std::function<bool(const Event&)>& visit);
  void read(std::string_view log, std::string_view id, const ReadOptions& options,
            const std::function<bool(const Event&)>& visit);
  // The same as a range: `for (const Event& event : log.stream("users", "42"))`. Pages are read as
  // the loop gets to them. The range must not outlive the log.
  EventRange stream(std::string_view log, std::string_view id, const ReadOptions& options = {});

  // One page: at most `limit` events (0: 100), and fewer if they are larger than 1 MB together. The
  // last page may be empty.
  EventPage readPage(std::string_view log, std::string_view id, const ReadOptions& options = {});

  // The version of the last event; 0 if the stream does not exist.
  std::uint64_t version(std::string_view log, std::string_view id);
  // Whether the stream has events and is not deleted.
  bool exists(std::string_view log, std::string_view id);

  // readAll(): the events of all streams of a log (empty: of all logs), each stream in order, until
  // `visit` returns false. streams(): its streams. logs(): the names of the logs, sorted. All three
  // scan the whole table, and AWS charges for that.
  void readAll(std::string_view log, const std::function<bool(const Event&)>& visit,
               const ReadAllOptions& options = {});
  void streams(std::string_view log, const std::function<bool(const StreamState&)>& visit);
  std::vector<std::string> logs();

  // For tests that empty the table: forgets which versions this EventLog has seen.
  void forgetVersions();

  // How far a subscriber has read the table's stream: by shard, the last sequence number that it
  // has handled.
  using Position = std::map<std::string, std::string>;

  struct SubscribeOptions {
    Position position = {};  // what an earlier subscription passed to `checkpoint`; empty: all retained events (24 h)
    bool only_new = false;   // if `position` is empty: only events appended from now on
    std::chrono::milliseconds idle_delay{200};  // between polls when no shard had a new event
  };

  // The simple reader: one program, which keeps the position itself. For groups of programs, and events
  // older than 24 hours, see Subscription (subscription.h).
  //
  // Follows the table's stream until a stop is requested. `handle` gets every event of every log;
  // events of one stream arrive in order. `checkpoint` gets the position to save after each batch.
  // A shard is read only after its parent was read to the end. If `handle` throws, the subscription
  // ends and subscribe() rethrows. Events handled after the last saved position are delivered
  // again. Items that are not events are skipped.
  void subscribe(const SubscribeOptions& options, std::stop_token stop, const std::function<void(const Event&)>& handle,
                 const std::function<void(const Position&)>& checkpoint);

 private:
  friend class Subscription;
  std::shared_ptr<Transport> transport_;
  std::string table_;
  std::shared_ptr<Environment> environment_;
  std::shared_ptr<const Schema> schema_;
  std::string read_model_table_;
  class Appender;
  std::unique_ptr<Appender> appender_;
};

}  // namespace ddblog
