// Delivers a message to an ARN inside a transaction. This connects services that send (a rule's
// targets; the destinations and dead-letter queues of functions and mappings) with services that
// receive (functions, buses).
//
// Each receiving service registers once and is then reachable from every sender. A message is put
// in the transaction that removes the work it reports on: it is neither lost nor sent twice. A
// recipient only writes; its attempts come after the commit. It drops messages that it cannot take.
//
// Thread safety: call add() before the first request. After that, call find() from any thread and
// deliver() on the writer thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"

namespace ddblog::rpc {

// How a bus wraps a body that is not an event yet.
struct EventEnvelope {
  std::string source;
  std::string detail_type;
  std::vector<std::string> resources;
};

struct Message {
  std::string recipient_arn;
  std::string body;                                    // the payload for a function or a queue
  std::optional<EventEnvelope> envelope = {};          // none: the body is an event already
  std::map<std::string, std::string> attributes = {};  // message attributes, for a queue
};

class Recipient {
 public:
  virtual ~Recipient() = default;
  // Whether messages to this ARN can be delivered. The resource need not exist (yet).
  virtual bool accepts(std::string_view arn) const = 0;
  virtual void deliver(Transaction& transaction, const Message& message) = 0;
};

class Recipients {
 public:
  // The recipient must outlive the last deliver().
  void add(Recipient& recipient) { recipients_.push_back(&recipient); }
  // nullptr: no recipient accepts this ARN.
  Recipient* find(std::string_view arn) const {
    for (Recipient* recipient : recipients_) {
      if (recipient->accepts(arn)) return recipient;
    }
    return nullptr;
  }
  // False: no recipient accepts the message's ARN.
  bool deliver(Transaction& transaction, const Message& message) const {
    Recipient* recipient = find(message.recipient_arn);
    if (recipient) recipient->deliver(transaction, message);
    return recipient != nullptr;
  }

 private:
  std::vector<Recipient*> recipients_;
};

}  // namespace ddblog::rpc
