// Delivers a message to an ARN inside a transaction. This connects services that send (a rule's
// targets; the destinations and dead-letter queues of functions and mappings) with services that
// receive (functions, buses, queues).
//
// Each receiving service registers once and is then reachable from every sender. A message is put
// in the transaction that removes the work it reports on: it is neither lost nor sent twice. A
// recipient only writes; its attempts come after the commit. It says why it cannot take a message.
//
// Thread safety: call add() before the first request. After that, call find() from any thread and
// deliver() on the writer thread.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/commit_notifier.h"
#include "store/store.h"

namespace ddblog::rpc {

// How a bus wraps a body that is not an event yet.
struct EventEnvelope {
  std::string source;
  std::string detail_type;
  std::vector<std::string> resources;
};

// The text of a message; copies share it. Several messages of one transaction with the same text can
// have one body (ofSeveralMessages). Then a recipient that stores texts stores it once, and notes in
// the body where it is. The note is of no use after the transaction. Thread safety: none.
class MessageBody {
 public:
  MessageBody() : MessageBody(std::string()) {}
  template <std::convertible_to<std::string> Text>
  MessageBody(Text&& text)  // NOLINT(google-explicit-constructor): a text is a body
      : state_(std::make_shared<State>(State{std::forward<Text>(text), false, nullptr, 0})) {}
  static MessageBody ofSeveralMessages(std::string text) {
    MessageBody body(std::move(text));
    body.state_->is_shared = true;
    return body;
  }

  const std::string& text() const { return state_->text; }
  bool isOfSeveralMessages() const { return state_->is_shared; }

  // `by`: who stores it. std::nullopt: it has not stored it, or somebody else has stored it since.
  std::optional<std::uint64_t> storedAs(const void* by) const {
    return state_->stored_by == by ? std::optional(state_->stored_as) : std::nullopt;
  }
  void noteStored(const void* by, std::uint64_t number) const {
    state_->stored_by = by;
    state_->stored_as = number;
  }

 private:
  struct State {
    std::string text;
    bool is_shared;
    const void* stored_by;
    std::uint64_t stored_as;
  };
  std::shared_ptr<State> state_;
};

// Why a recipient did not take a message.
struct DeliveryFailure {
  std::string code;  // AWS's error code: "NO_PERMISSIONS", "NO_RESOURCE", "INVALID_PARAMETER" …
  std::string message;
  bool is_permanent = true;  // another attempt cannot succeed
};

struct Message {
  std::string recipient_arn;
  MessageBody body;                                    // the payload for a function or a queue
  std::optional<EventEnvelope> envelope = {};          // none: the body is an event already
  std::map<std::string, std::string> attributes = {};  // message attributes, for a queue
  std::string group_id = {};                           // MessageGroupId, for a FIFO queue
  std::string sender_service = {};  // "events.amazonaws.com", "lambda.amazonaws.com": the principal that a queue's
                                    // policy must allow
  std::string sender_arn = {};      // aws:SourceArn: the rule's, function's or mapping's
};

class Recipient {
 public:
  virtual ~Recipient() = default;
  // Whether messages to this ARN can be delivered. The resource need not exist (yet).
  virtual bool accepts(std::string_view arn) const = 0;
  // std::nullopt: delivered.
  virtual std::optional<DeliveryFailure> deliver(Transaction& transaction, const Message& message) = 0;

  // How many of the messages that it has taken are not handled yet, counted up to `limit`: a sender of
  // very many messages (a replay) waits for it to fall. Any thread.
  virtual std::size_t pending(const Reader& reader, std::size_t limit) const {
    static_cast<void>(reader);
    static_cast<void>(limit);
    return 0;
  }
  // Notified after commits that make `pending` smaller. nullptr: nothing ever waits.
  virtual CommitNotifier* handled() { return nullptr; }
  // How many messages have been handled since the start: cheap, while `pending` looks at each. Any thread.
  virtual std::uint64_t handledCount() const { return 0; }
};

class Recipients {
 public:
  // `others`: what find() and deliver() look at after the own ones. It must outlive this.
  explicit Recipients(const Recipients* others = nullptr) : others_(others) {}

  // The recipient must outlive the last deliver().
  void add(Recipient& recipient) { recipients_.push_back(&recipient); }
  // nullptr: no recipient accepts this ARN.
  Recipient* find(std::string_view arn) const {
    for (Recipient* recipient : recipients_) {
      if (recipient->accepts(arn)) return recipient;
    }
    return others_ ? others_->find(arn) : nullptr;
  }
  // std::nullopt: delivered. The code is "NO_RESOURCE" if no recipient accepts the message's ARN.
  std::optional<DeliveryFailure> deliver(Transaction& transaction, const Message& message) const {
    if (Recipient* recipient = find(message.recipient_arn)) return recipient->deliver(transaction, message);
    return DeliveryFailure{"NO_RESOURCE", "there is no recipient " + message.recipient_arn};
  }

  // Of all own recipients; more than `limit` counts as `limit` for each.
  std::size_t pending(const Reader& reader, std::size_t limit) const {
    std::size_t pending = 0;
    for (const Recipient* recipient : recipients_) pending += recipient->pending(reader, limit);
    return pending;
  }
  std::uint64_t handledCount() const {
    std::uint64_t handled = 0;
    for (const Recipient* recipient : recipients_) handled += recipient->handledCount();
    return handled;
  }
  std::vector<CommitNotifier::Subscription> listenToHandled(const std::function<void()>& listener) const {
    std::vector<CommitNotifier::Subscription> subscriptions;
    for (Recipient* recipient : recipients_) {
      if (CommitNotifier* handled = recipient->handled()) subscriptions.push_back(handled->listen(listener));
    }
    return subscriptions;
  }

 private:
  const Recipients* const others_;
  std::vector<Recipient*> recipients_;
};

}  // namespace ddblog::rpc
