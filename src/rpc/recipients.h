// Delivering a message to an ARN inside a transaction: the seam between services that send (a
// rule's targets, the destinations and dead-letter queues of functions and mappings) and services
// that receive (functions, buses, queues).
//
// Each receiving service registers once, and is then reachable from every sending one. A message is
// put in the same transaction that removes what it is about, so it is neither lost nor sent twice.
// A recipient only writes; its own attempts come after the commit.
//
// Thread safety: add() before the first request; after that from any thread, deliver() on the
// writer thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"

namespace ddblog::rpc {

// What a bus puts around a body that is not an event yet.
struct EventEnvelope {
  std::string source;
  std::string detail_type;
  std::vector<std::string> resources;
};

struct Message {
  std::string recipient_arn;
  std::string body;                                    // what a function or a queue gets
  std::optional<EventEnvelope> envelope = {};          // none: the body is an event
  std::map<std::string, std::string> attributes = {};  // of a queue's message
};

class Recipient {
 public:
  virtual ~Recipient() = default;
  // Whether messages to this ARN can be delivered; what the ARN names need not exist (yet).
  virtual bool accepts(std::string_view arn) const = 0;
  virtual void deliver(Transaction& transaction, const Message& message) = 0;
};

class Recipients {
 public:
  // The recipient must outlive the last deliver().
  void add(Recipient& recipient) { recipients_.push_back(&recipient); }
  // nullptr: nobody accepts this ARN.
  Recipient* find(std::string_view arn) const {
    for (Recipient* recipient : recipients_) {
      if (recipient->accepts(arn)) return recipient;
    }
    return nullptr;
  }
  // False: nobody accepts the message's ARN.
  bool deliver(Transaction& transaction, const Message& message) const {
    Recipient* recipient = find(message.recipient_arn);
    if (recipient) recipient->deliver(transaction, message);
    return recipient != nullptr;
  }

 private:
  std::vector<Recipient*> recipients_;
};

}  // namespace ddblog::rpc
