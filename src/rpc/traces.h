// Traces: what happened to an event on its way, told in spans by the services that do it.
//
// A span names itself (`id`) and what it was done for (`parent`). Whoever shows a trace joins the two,
// so services need not know of each other:
//
//   span        id                                        parent
//   batch       the request id of its invocation          none: its records say what it has of the stream or queue
//   invocation  its request id                            the cause of whoever put it in the queue
//   attempt     the root of its trace id, "1-…-…"         the request id
//   event       a number of ours, "#17"                   the cause of the PutEvents, or of the delivery to the bus
//   delivery    a number of ours                          the event; the event's id at a retry
//   message     the message's id                          the cause of the send
//   write       none                                      the cause of the write
//   outcome     a number of ours                          the request id of what was given up or reported
//
// A *cause* is the id of the span that something is done for. A transaction has one
// (Transaction::cause): that of the request, or of the delivery, that it carries out. A request's cause
// is the function's invocation that sent it: the root of the X-Amzn-Trace-Id header, which the SDKs send
// from within a function, or else the access key of the function's process, which starts with
// kProcessKey (Span::process).
//
// Source: https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
// Thread safety: add() and newId() may be called from any thread. A span refers to texts of whoever made it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "store/store.h"

namespace ddblog::rpc {

inline constexpr std::string_view kProcessKey = "DDBLOG0PROCESS";

struct Span {
  enum class Kind : std::uint8_t { kBatch, kInvocation, kAttempt, kEvent, kDelivery, kMessage, kWrite, kOutcome };
  struct Record {
    std::string_view position;        // in the shard; of a queue: the message's id
    std::string_view order_key = {};  // EventSource::Record::order_key
  };
  static constexpr std::size_t kMostRecords = 1'000;   // of a batch
  static constexpr std::size_t kMostText = 8u << 10;   // bytes of an event or of an item; longer ones are left out
  static constexpr std::size_t kMostError = 1u << 10;  // bytes

  Kind kind = Kind::kAttempt;
  std::string_view id = {};
  std::string_view parent = {};
  std::string_view subject = {};  // function, bus, table; the ARN of a delivery's target, of a queue, of a destination
  std::string_view source =
      {};  // batch: the ARN of the stream or queue; delivery: of the rule; event, attempt: own id in AWS
  std::string_view detail =
      {};                     // batch: the shard; delivery, attempt, outcome: the error or condition; event: its text
  std::string_view log = {};  // attempt: what the function printed
  std::string_view process = {};  // attempt: the access key of its process; batch of a stream: the mapping
  Timestamp at = {};              // when it began
  Duration duration{0};           // attempt
  int number = 0;                 // of the attempt, from 1: batch, delivery
  bool has_failed = false;
  bool is_replay = false;                // event
  std::span<const Record> records = {};  // batch: the first kMostRecords
  std::size_t size = 0;                  // batch: of how many records
  std::string_view key = {};             // write: the item's key, a stored item (item/stored_item.h)
  std::string_view before = {};          // write: stored items; empty: none, or longer than kMostText
  std::string_view after = {};
  bool is_partial = false;  // write, event: something was left out
};

class Traces {
 public:
  virtual ~Traces() = default;
  // Both copy what they keep of the span's texts before they return.
  virtual void add(const Span& span) = 0;
  // Adds the span once the transaction is committed.
  virtual void addAfterCommit(Transaction& transaction, const Span& span) = 0;

  std::string newId() { return "#" + std::to_string(++last_id_); }

 private:
  std::atomic<std::uint64_t> last_id_ = 0;
};

// Until the end of the scope, what the transaction does is done for `cause`.
class CauseScope {
 public:
  CauseScope(Transaction& transaction, std::string cause) : transaction_(transaction), former_(transaction.cause()) {
    transaction_.setCause(std::move(cause));
  }
  ~CauseScope() { transaction_.setCause(std::move(former_)); }
  CauseScope(const CauseScope&) = delete;

 private:
  Transaction& transaction_;
  std::string former_;
};

inline constexpr std::string_view kTraceHeader = "x-amzn-trace-id";

// What the headers of a request say: the function's invocation that sent it. Empty: nothing. They may be empty
// (data() is nullptr if there is none).
//   trace id       "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=…;Sampled=0": its root
//   authorization  "… Credential=DDBLOG0PROCESS…/20261128/…": the process's key
inline std::string_view causeOf(std::string_view trace_id, std::string_view authorization) {
  const auto after = [](std::string_view text, std::string_view name, char end) {
    const std::size_t found = text.find(name);
    if (found == std::string_view::npos) return std::string_view();
    const std::string_view rest = text.substr(found + name.size());
    return rest.substr(0, rest.find(end));
  };
  const std::string_view root = after(trace_id, "Root=", ';');
  if (!root.empty()) return root;
  const std::string_view key = after(authorization, "Credential=", '/');
  return key.starts_with(kProcessKey) ? key : std::string_view();
}

}  // namespace ddblog::rpc
