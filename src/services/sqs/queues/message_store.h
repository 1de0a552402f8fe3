// The stored messages of one queue in one transaction. Adds and erases messages and changes their
// state, and keeps their entries in all indexes in step. save() stores the counts and which groups are
// ready; call it last.
//
// A message is ready, delayed or in flight. Ready ones are found in the order of their time
// (standard queues) or by their group (FIFO queues). A group is ready if none of its messages is in
// flight and its first one is not delayed: then it is found by that message's number.
//
// Walking an index from its start would pass the marks of everything that was erased there (see
// lambda's asynchronous_queue.h). So a group notes where it begins, and StartOfReady where an index
// of ready messages does.
//
// Thread safety: none; on the writer thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "services/sqs/queues/message.h"
#include "services/sqs/queues/message_counts.h"
#include "services/sqs/queues/queue.h"
#include "store/store.h"

namespace ddblog::sqs {

// Where the ready messages of each queue begin, at the earliest, by the queue's number. Not stored:
// absent means from the first.
using StartOfReady = std::unordered_map<std::uint64_t, std::string>;

class MessageStore {
 public:
  // What a change causes.
  struct Effects {
    std::function<void()> became_ready;           // a message can be received
    std::function<void(RunningTime due)> is_due;  // a message becomes ready then
  };

  // The references must outlive this.
  MessageStore(Transaction& transaction, const Queue& queue, StartOfReady& starts, Effects effects);

  // Stores a new message and returns its number. `due` after `now`: it is delayed.
  std::uint64_t add(const Message& message, RunningTime now, RunningTime due);
  std::optional<Message> message(std::uint64_t number) const;
  // The state of a message that exists.
  MessageState state(std::uint64_t number, const Message& message) const;
  // std::nullopt: the message was never received nor delayed, or it does not exist.
  std::optional<MessageState> storedState(std::uint64_t number) const;
  void change(std::uint64_t number, const MessageState& from, const MessageState& to);
  void erase(std::uint64_t number, const MessageState& present);
  void save();

  // Walks over what is ready: messages in a standard queue, groups (by their first message) in a FIFO queue.
  std::unique_ptr<Cursor> ready() const;
  // The message's number, or that of the group's first message.
  std::uint64_t numberInReady(std::string_view key) const;
  std::string groupInReady(std::string_view key) const;
  void startReadyAt(std::string key) { starts_[queue_.number] = std::move(key); }
  void startReadyAtFirst() { starts_.erase(queue_.number); }
  bool startsLate() const { return starts_.contains(queue_.number); }
  // The messages of a group that are not in flight.
  std::unique_ptr<Cursor> ofGroup(std::string_view group, std::uint64_t from) const;
  static std::uint64_t numberInGroup(std::string_view key);

  const MessageCounts& counts() const { return counts_; }

 private:
  struct Group {
    std::uint32_t in_flight = 0;
    std::uint64_t ready_at = 0;  // the number in its key of kReady; 0: none
    std::uint64_t from = 0;      // all its messages that are not in flight have this number or a greater one
    bool exists = false;
    bool is_changed = false;
  };

  void enter(std::uint64_t number, const MessageState& state);
  void leave(std::uint64_t number, const MessageState& state);
  Group& group(const std::string& id);
  void saveGroup(const std::string& id, Group& group);
  bool isDelayed(std::uint64_t number) const;
  void putReady(std::string key);

  std::string messageKey(std::uint64_t number) const;
  std::string stateKey(std::uint64_t number) const;
  std::string timedKey(std::uint64_t number, RunningTime due) const;
  std::string readyKey(std::uint64_t number, RunningTime since) const;
  std::string readyGroupKey(std::uint64_t number, std::string_view group) const;
  std::string groupKey(std::string_view group) const;
  std::string groupMessageKey(std::string_view group, std::uint64_t number) const;

  Transaction& transaction_;
  const Queue& queue_;
  StartOfReady& starts_;
  const Effects effects_;
  MessageCounts counts_;
  const MessageCounts stored_counts_ = counts_;
  std::map<std::string, Group, std::less<>> groups_;  // those that were looked at
};

}  // namespace ddblog::sqs
