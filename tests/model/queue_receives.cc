// QueueWorld's receives: what they may return, and what must be there.
#include <algorithm>
#include <utility>

#include "model/queue_world.h"
#include "model/world.h"

namespace ddblog::model {

namespace {

constexpr int kMostReceived = 10;  // SQS: of one receive

std::string receiveBody(const std::string& url, int most, int windows, const std::string& attempt) {
  return "{" + url + ",\"MaxNumberOfMessages\":" + std::to_string(most) +
         ",\"VisibilityTimeout\":" + std::to_string((2 * windows - 1) * 3600) + ",\"AttributeNames\":[\"All\"]" +
         (attempt.empty() ? "" : ",\"ReceiveRequestAttemptId\":\"" + attempt + "\"") + "}";
}

}  // namespace

bool QueueWorld::isDead(const Queue& queue, const Message& message) const {
  return queue.most_receives > 0 && message.receives >= queue.most_receives;
}

// The groups of a FIFO queue that have a message in flight.
std::set<std::string> QueueWorld::closedGroups(const Queue& queue) const {
  std::set<std::string> closed;
  for (const Message& message : queue.messages) {
    if (queue.is_fifo && !isVisible(message)) closed.insert(message.group);
  }
  return closed;
}

void QueueWorld::receive(Queue& queue) {
  const int most = rng_.between(1, kMostReceived);
  const int windows = rng_.between(1, 3);
  const std::string attempt = queue.is_fifo ? "attempt-" + std::to_string(++attempts_) : "";
  const std::string body = receiveBody(urlOf(queue), most, windows, attempt);
  const auto answer =
      queue.is_fifo ? std::optional(askUntilAnswered("ReceiveMessage", body)) : ask("ReceiveMessage", body);
  if (!answer) return drain(queue, windows, 1);
  take(queue, *answer, most, windows, false);
}

// Receives all that is visible. `unanswered`: receives before this had no answer, for the same number of windows.
// Then some messages are deleted, and others are given back.
void QueueWorld::drain(Queue& queue, int windows, int unanswered) {
  Pointers received;
  for (std::size_t count = kMostReceived; count == kMostReceived;) {
    const std::string attempt = queue.is_fifo ? "attempt-" + std::to_string(++attempts_) : "";
    const std::string body = receiveBody(urlOf(queue), kMostReceived, windows, attempt);
    const auto answer =
        queue.is_fifo ? std::optional(askUntilAnswered("ReceiveMessage", body)) : ask("ReceiveMessage", body);
    if (!answer) {
      ++unanswered;
      continue;
    }
    const Pointers some = take(queue, *answer, kMostReceived, windows, unanswered > 0);
    received.insert(received.end(), some.begin(), some.end());
    count = some.size();
  }
  if (unanswered > 0) {
    int taken = 0;
    for (Message& message : queue.messages) {
      if (!isVisible(message)) continue;
      ++message.receives;
      message.visible_from = window_ + windows;
      message.received_in = window_;
      message.older_receipt.clear();
      message.receipt.clear();
      taken += !message.may_be_missing;
    }
    expect(taken <= unanswered * kMostReceived, std::to_string(taken) + " messages of " + queue.name + " are lost");
  }
  std::set<std::string> deleted;
  for (Message* message : received) {
    if (rng_.chance(35)) {
      expectOk(
          askUntilAnswered("DeleteMessage", "{" + urlOf(queue) + ",\"ReceiptHandle\":\"" + message->receipt + "\"}"));
      deleted.insert(message->body);
    } else if (rng_.chance(70)) {
      giveBack(queue, *message);
    }
  }
  std::erase_if(queue.messages, [&](const Message& message) { return deleted.contains(message.body); });
}

// Holds an answer against the model, and brings the model up to date. `has_lost_some`: a receive had no answer, so
// messages may be in flight that the model takes for visible.
QueueWorld::Pointers QueueWorld::take(Queue& queue, const Answer& answer, int most, int windows, bool has_lost_some) {
  expectOk(answer);
  const json::value* member = memberOf(answer.body, "Messages");
  const json::array found = member ? member->as_array() : json::array();
  expect(found.size() <= static_cast<std::size_t>(most), "more messages than were asked for");
  const std::set<std::string> closed = closedGroups(queue);
  std::set<const Message*> taken;
  Pointers received;
  for (const json::value& one : found) {
    const json::value& attributes = one.at("Attributes");
    Message& message = find(queue, textOf(one, "Body"));
    expect(!taken.contains(&message), "a message twice in one answer: " + message.body);
    expect(isVisible(message), "a message that is in flight or delayed: " + message.body);
    expect(!isDead(queue, message), "a message that belongs in the dead-letter queue: " + message.body);
    expect(message.id.empty() || message.id == textOf(one, "MessageId"), "another id: " + message.body);
    const int count = message.receives_before + message.receives + 1;
    expect(textOf(attributes, "ApproximateReceiveCount") == std::to_string(count),
           "ApproximateReceiveCount is to be " + std::to_string(count) + ": " + message.body);
    if (queue.is_fifo) {
      expect(textOf(attributes, "MessageGroupId") == message.group, "another group: " + message.body);
      expect(!closed.contains(message.group), "a message of a group that has one in flight: " + message.body);
      checkOrder(queue, message, taken);
    }
    taken.insert(&message);
    received.push_back(&message);
    message.id = textOf(one, "MessageId");
    message.may_be_missing = false;
    ++message.receives;
    message.received_in = window_;
    message.older_receipt = std::exchange(message.receipt, textOf(one, "ReceiptHandle"));
  }
  if (found.size() < static_cast<std::size_t>(most)) endReceive(queue, closed, taken, has_lost_some);
  for (Message* message : received) message->visible_from = window_ + windows;
  return received;
}

// A message of the queue, or one that the queue's sources may have moved here by now.
QueueWorld::Message& QueueWorld::find(Queue& queue, const std::string& body) {
  const auto find_here = [&] {
    return std::find_if(queue.messages.begin(), queue.messages.end(),
                        [&](const Message& message) { return message.body == body; });
  };
  if (const auto here = find_here(); here != queue.messages.end()) return *here;
  for (const auto& source : queues_) {
    if (source->dead_letters != &queue) continue;
    const std::set<std::string> closed = closedGroups(*source);
    for (const Message& message : source->messages) {
      if (message.body != body || !isDead(*source, message) || !isVisible(message)) continue;
      if (closed.contains(message.group)) continue;
      moveToDeadLetters(*source, message);
      return *find_here();
    }
  }
  throw Mismatch("a message that the model does not know: " + body);
}

// In a FIFO queue: what is before it in its group was returned too, or has moved to the dead-letter queue.
void QueueWorld::checkOrder(Queue& queue, const Message& message, const std::set<const Message*>& taken) {
  std::vector<Message> dead;
  for (const Message& before : queue.messages) {
    if (&before == &message) break;
    if (before.group != message.group || taken.contains(&before)) continue;
    expect(isDead(queue, before), message.body + " before " + before.body + " of the same group");
    dead.push_back(before);
  }
  for (const Message& one : dead) moveToDeadLetters(queue, one);
}

// The answer had room for more: all that can be received was returned, and what was received too often has moved.
void QueueWorld::endReceive(Queue& queue, const std::set<std::string>& closed, const std::set<const Message*>& taken,
                            bool has_lost_some) {
  std::set<std::string> missing;
  std::vector<Message> dead;
  for (const Message& message : queue.messages) {
    if (taken.contains(&message) || !isVisible(message) || closed.contains(message.group)) continue;
    if (isDead(queue, message)) {
      dead.push_back(message);
      continue;
    }
    if (has_lost_some) continue;
    expect(message.may_be_missing, "a message of " + queue.name + " is lost: " + message.body);
    missing.insert(message.body);
  }
  std::erase_if(queue.messages, [&](const Message& message) { return missing.contains(message.body); });
  for (const Message& message : dead) moveToDeadLetters(queue, message);
}

void QueueWorld::moveToDeadLetters(Queue& queue, const Message& message) {
  Message moved = message;
  moved.receives_before += moved.receives;
  moved.receives = 0;
  moved.visible_from = window_;
  moved.receipt.clear();
  moved.older_receipt.clear();
  std::erase_if(queue.messages, [&](const Message& one) { return one.body == moved.body; });
  queue.dead_letters->messages.push_back(std::move(moved));
}

}  // namespace ddblog::model
