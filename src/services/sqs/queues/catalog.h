// The queues of the account, by name.
//
// A deleted queue's name cannot be used for 60 seconds, as in AWS: of the time of day, so a cloud that
// starts later has forgotten it; and of running time at most, whatever the machine's clock says. What was in a deleted or purged
// queue is stored under the queue's old number, which is noted (kDiscarded) and removed in
// bounded steps (sweep.h). So both take the same short time, whatever the queue's length.
//
// Thread safety: may be used from any thread, with a reader of that thread. Everything that takes a
// Transaction: on the writer thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/sqs/queues/queue.h"
#include "store/store.h"

namespace ddblog::sqs {

struct QueuePage {
  std::vector<Queue> queues;
  bool has_more = false;
};

class Catalog {
 public:
  Catalog(std::string region, std::string account_id);

  std::string arnOf(std::string_view name) const { return arn_prefix_ + std::string(name); }
  // The name in the ARN of a queue of this account and region; empty: it is none.
  std::string_view nameInArn(std::string_view arn) const;
  // The name in a queue's URL: its last path segment, whatever the host. A bare name is taken too.
  static std::string nameInUrl(std::string_view url);
  // "http://localhost:8000/000000000000/orders"
  std::string urlOf(std::string_view host, std::string_view name) const;

  std::optional<Queue> find(const Reader& reader, std::string_view name) const;
  // Throws QueueDoesNotExist.
  Queue get(const Reader& reader, std::string_view name) const;
  // The queues whose names begin with `prefix`, after the name `after` (empty: from the first).
  QueuePage list(const Reader& reader, std::string_view prefix, std::string_view after, std::size_t most) const;
  std::vector<Queue> all(const Reader& reader) const;

  void put(Transaction& transaction, const Queue& queue) const;
  // Stores a new queue and gives it a number. Throws QueueDeletedRecently, or OverLimit.
  void create(Transaction& transaction, Queue& queue, const Clock& clock) const;
  // Gives the queue a new number: nothing is in it any more. The caller puts it.
  void empty(Transaction& transaction, Queue& queue) const;
  void remove(Transaction& transaction, const Queue& queue, const Clock& clock) const;

 private:
  static std::uint64_t nextNumber(Transaction& transaction);

  const std::string account_id_;
  const std::string arn_prefix_;
};

}  // namespace ddblog::sqs
