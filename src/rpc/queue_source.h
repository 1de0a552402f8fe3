// A queue as the source of an event source mapping, behind one interface: its messages are received,
// handled, and then removed one by one. (Streams, whose records are read in order and stay, are
// event_source.h.)
//
//   std::unique_ptr<QueueSource> queue = sources.openQueue("arn:aws:sqs:…:orders");
//   store.write([&](Transaction& transaction) { received = queue->receive(transaction, 10); }, …);
//   …
//   store.write([&](Transaction& transaction) { queue->remove(transaction, received[0]); }, …);
//
// A received message that is not removed can be received again when its visibility timeout is over.
//
// Thread safety: what takes a Transaction, on the writer thread; the rest from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "rpc/event_source.h"
#include "store/commit_notifier.h"
#include "store/store.h"

namespace ddblog::rpc {

class QueueSource {
 public:
  struct Message {
    EventSource::Record record;  // its position is the message's id, its order key the message group
    std::string receipt;         // of this receive
  };
  struct Properties {
    bool is_fifo = false;
    Duration visibility_timeout{0};
  };

  virtual ~QueueSource() = default;
  virtual const std::string& arn() const = 0;
  // The queue's name, for log lines.
  virtual std::string name() const = 0;
  // std::nullopt: there is no such queue (any more).
  virtual std::optional<Properties> properties(const Reader& reader) const = 0;
  // How many messages can be received now.
  virtual std::uint64_t count(const Reader& reader) const = 0;

  // At most `most` messages, which are in flight for the queue's visibility timeout once the
  // transaction is committed. None if there is no such queue.
  virtual std::vector<Message> receive(Transaction& transaction, std::size_t most) = 0;
  // Does nothing if the message was received again meanwhile, or is gone.
  virtual void remove(Transaction& transaction, const Message& message) = 0;
  // The message can be received again at once. Does nothing if it was received again meanwhile, or is gone.
  virtual void giveBack(Transaction& transaction, const Message& message) = 0;
  // The message can be received again after `time`, not before. False: it was received again meanwhile, is gone, or
  // would be in flight for longer than the queue allows; nothing changes.
  virtual bool keep(Transaction& transaction, const Message& message, Duration time) = 0;

  // Notified after each commit that makes a message visible.
  virtual CommitNotifier& becameVisible() = 0;
};

class QueueSourceProvider {
 public:
  virtual ~QueueSourceProvider() = default;
  // nullptr: not the ARN of a queue of this provider.
  virtual std::unique_ptr<QueueSource> openQueue(const std::string& arn) = 0;
};

inline std::unique_ptr<QueueSource> EventSources::openQueue(const std::string& arn) const {
  for (QueueSourceProvider* provider : queue_providers_) {
    if (auto queue = provider->openQueue(arn)) return queue;
  }
  return nullptr;
}

}  // namespace ddblog::rpc
