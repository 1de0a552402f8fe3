// Sends, receives and removes messages. Operations do it through this, and so does whoever reads a
// queue inside the process (an event source mapping):
//
//   store.write([&](Transaction& transaction) {
//     const auto queue = catalog.find(transaction, name);
//     if (queue) received = messages.receive(transaction, *queue, {.most = 10});
//   }, …);                                                  // the messages are in flight once that is committed
//   …                                                       // in a later command, one by one:
//   messages.remove(transaction, *queue, received[0].receipt_handle);
//   messages.changeVisibility(transaction, *queue, received[1].receipt_handle, std::chrono::seconds(0));
//
// A receive that finds nothing waits for becameVisible(), and looks again. (It is notified for any
// queue. Messages that become visible with time are moved by the service's timer, which notifies too.)
// What the receiver neither removes nor changes becomes visible again by itself, also after a
// restart.
//
// The cost of a receive depends on the messages that it returns, not on the length of the queue. Messages that
// were received too often go to the dead-letter queue on the way, and those that are too old are
// removed.
//
// Standard queues return messages in the order in which they became visible. FIFO queues keep the
// order within a group: a group with a message in flight is closed, and so is one whose first
// message is delayed. A receive takes as many messages of one group as it can.
//
// All times are of running time (base/clock.h): nothing becomes visible or too old while the cloud
// is stopped. The time stamps that receivers see are the time of day.
//
// Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
// Thread safety: everything that takes a Transaction, on the writer thread; the rest from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/faults.h"
#include "base/ids.h"
#include "base/thread_annotations.h"
#include "services/sqs/queues/catalog.h"
#include "services/sqs/queues/message.h"
#include "services/sqs/queues/message_counts.h"
#include "services/sqs/queues/message_store.h"
#include "services/sqs/queues/receipt_handle.h"
#include "store/commit_notifier.h"
#include "store/store.h"

namespace ddblog::sqs {

struct SentMessage {
  std::string id;
  std::uint64_t number = 0;
};

struct ReceiveOptions {
  std::size_t most = 1;
  std::optional<std::chrono::seconds> visibility = {};  // none: the queue's
  std::string attempt_id = {};                          // ReceiveRequestAttemptId, for a FIFO queue
};

struct ReceivedMessage {
  std::uint64_t number = 0;
  Message message;
  std::uint32_t receive_count = 0;
  Timestamp first_received_at;
  std::string receipt_handle;
};

class Messages {
 public:
  // The references must outlive this. `faults`: a standard queue's messages come twice, or out of order,
  // and entries of batches fail; nullptr: none.
  Messages(Clock& clock, Ids& ids, const Catalog& catalog, Faults* faults = nullptr);

  // Sends a message that was checked; id and times are set here. `delay`: none: the queue's.
  SentMessage send(Transaction& transaction, const Queue& queue, Message message,
                   std::optional<std::chrono::seconds> delay = {});
  std::vector<ReceivedMessage> receive(Transaction& transaction, const Queue& queue, const ReceiveOptions& options);
  // Throws ApiError if it is not a handle of this queue, or (FIFO) if it has expired. Otherwise a handle of an
  // earlier receive removes nothing.
  void remove(Transaction& transaction, const Queue& queue, std::string_view receipt_handle);
  // Throws ApiError.
  void changeVisibility(Transaction& transaction, const Queue& queue, std::string_view receipt_handle,
                        std::chrono::seconds visibility);
  enum class Move {
    kMoved,
    kSkipped,  // only messages that were too old so far; there are more behind them
    kNothing   // there is none
  };
  // Moves the oldest ready message of `from` to `to`, or to the queue that it came from.
  // It is a new message there, with another id and age.
  // Throws QueueDoesNotExist, or CouldNotDetermineMessageSource.
  Move moveOne(Transaction& transaction, const Queue& from, const std::optional<std::string>& to);
  // The number of the oldest message, if it is too old; 0: it is not.
  std::uint64_t firstExpired(const Reader& reader, const Queue& queue) const;
  // Removes up to `most` messages that are too old, from the number `first` on; returns how many.
  std::size_t removeExpired(Transaction& transaction, const Queue& queue, std::uint64_t first, std::size_t most);

  // Whether a fault hits this entry of a batch. The second one: a batch of receipt handles; it throws if
  // that is none.
  bool entryFails(std::string_view operation, const Queue& queue, const Message& message) const;
  bool entryFails(std::string_view operation, Transaction& transaction, const Queue& queue,
                  std::string_view receipt_handle);

  // Makes messages visible whose time has come, limits::kMovedAtOnce at most. Receives and removals do so too.
  void settle(Transaction& transaction);
  // When the next message becomes visible; RunningTime::max(): none waits.
  RunningTime nextDue(const Reader& reader) const;

  // The counts at this moment.
  MessageCounts counts(const Reader& reader, const Queue& queue) const;

  // Wakes the receives that wait for the queue, once the transaction is committed.
  void wakeReceives(Transaction& transaction, const std::string& queue_name);
  // Notified after each commit that made a message visible.
  CommitNotifier& becameVisible() { return became_visible_; }
  // The queues of such commits since the last call. For the service's timer only.
  std::set<std::string> takeVisible();
  // Notified after each commit with a message that becomes visible before `awaited`.
  CommitNotifier& dueEarlier() { return due_earlier_; }
  void await(RunningTime awaited) { awaited_ = awaited.time_since_epoch().count(); }

 private:
  // Of settle(), if it has moved messages: its writes may still be rolled back.
  struct Walk {
    std::uint64_t batch = 0;
    std::uint64_t from = 0;  // timed_from_, once it is committed
    std::string last_moved;  // key in kTimed
  };

  void endWalk(const Transaction& transaction);
  MessageStore open(Transaction& transaction, const Queue& queue);
  struct Ready {
    std::vector<std::uint64_t> numbers;
    bool has_more_behind = false;  // the search ended at what had to be skipped
  };
  Ready findReady(Transaction& transaction, const Queue& queue, MessageStore& store, std::size_t most);
  bool passes(Transaction& transaction, const Queue& queue, MessageStore& store, std::uint64_t number);
  void moveTo(Transaction& transaction, const Queue& from, MessageStore& store, std::uint64_t number,
              const Queue& target);
  void put(Transaction& transaction, const Queue& queue, const Message& message);
  ReceivedMessage take(const Queue& queue, MessageStore& store, std::uint64_t number, std::chrono::seconds visibility);
  std::optional<std::vector<ReceivedMessage>> repeat(Transaction& transaction, const Queue& queue,
                                                     const ReceiveOptions& options, std::chrono::seconds visibility);
  void noteAttempt(Transaction& transaction, const Queue& queue, const ReceiveOptions& options,
                   const std::vector<ReceivedMessage>& received);
  static ReceiptHandle parse(const Queue& queue, std::string_view receipt_handle);
  Duration lateness(const Queue& queue, const Message& message) const;
  bool comesAgain(const Queue& queue, const MessageStore& store, std::uint64_t number, const MessageState& state) const;

  Clock& clock_;
  Ids& ids_;
  const Catalog& catalog_;
  Faults* const faults_;
  StartOfReady starts_;                       // writer thread only
  std::atomic<std::uint64_t> timed_from_{0};  // no message becomes visible before
  std::optional<Walk> last_walk_;             // writer thread only
  std::atomic<std::int64_t> awaited_;         // what the timer waits for
  CommitNotifier became_visible_;
  CommitNotifier due_earlier_;
  Mutex mutex_;
  std::set<std::string> uncommitted_ GUARDED_BY(mutex_);
  std::set<std::string> visible_ GUARDED_BY(mutex_);
  CommitNotifier::Subscription visible_subscription_;
};

}  // namespace ddblog::sqs
