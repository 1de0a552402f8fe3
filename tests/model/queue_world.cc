#include "model/queue_world.h"

#include <algorithm>
#include <utility>

#include "model/world.h"

namespace ddblog::model {

namespace {

constexpr std::size_t kRemembered = 80;
constexpr std::size_t kShown = 2000;  // bytes of a body
constexpr int kStepsBetweenAudits = 150;
constexpr std::size_t kMostMessages = 40;                 // in a queue; beyond it, the world deletes
constexpr std::chrono::seconds kSurelyDeduplicated{150};  // SQS: five minutes

std::string quoted(const std::string& text) { return json::serialize(json::value(text)); }

}  // namespace

QueueWorld::QueueWorld(Conductor& conductor, int port, std::uint64_t seed, int number)
    : conductor_(conductor),
      seed_(seed),
      number_(number),
      port_(port),
      rng_(seed),
      connection_(port),
      restarts_(conductor.restarts()) {}

void QueueWorld::run() {
  createQueues();
  afterClockMove();
  while (conductor_.goesOn()) {
    if (conductor_.pauseForClock([] {})) afterClockMove();
    step();
    if (std::exchange(needs_audit_, false) || step_ % kStepsBetweenAudits == 0) audit();
  }
  audit();
}

std::string QueueWorld::history() const {
  std::string text;
  for (const std::string& one : history_) text += one;
  return text;
}

// Whether it has no answer, the server was killed: then it runs again.
std::optional<Answer> QueueWorld::ask(const std::string& operation, const std::string& body) {
  conductor_.count(1);
  std::optional<Answer> answer;
  if (connection_.send("AmazonSQS." + operation, body)) answer = connection_.receive();
  history_.push_back(operation + " " + body.substr(0, kShown) + "\n  -> " +
                     (answer ? std::to_string(answer->status) + " " + answer->text.substr(0, kShown) : "no answer") +
                     "\n");
  if (history_.size() > kRemembered) history_.pop_front();
  if (!answer) {
    restarts_ = conductor_.awaitRestart(restarts_);
    connection_.close();
    needs_audit_ = true;
  }
  return answer;
}

// Of what has the same effect however often it is carried out.
Answer QueueWorld::askUntilAnswered(const std::string& operation, const std::string& body) {
  for (;;) {
    if (auto answer = ask(operation, body)) return std::move(*answer);
  }
}

std::string QueueWorld::urlOf(const Queue& queue) const {
  return "\"QueueUrl\":\"http://127.0.0.1:" + std::to_string(port_) + "/000000000000/" + queue.name + "\"";
}

void QueueWorld::createQueues() {
  const std::string begin = "queues-" + std::to_string(number_) + "-";
  const auto add = [&](Queue queue) {
    queue.name = begin + queue.name + (queue.is_fifo ? ".fifo" : "");
    const int hours = queue.retention > 0 ? 2 * queue.retention - 1 : 14 * 24;
    std::string attributes = "\"MessageRetentionPeriod\":\"" + std::to_string(hours * 3600) + "\"";
    if (queue.is_fifo) attributes += ",\"FifoQueue\":\"true\"";
    if (queue.deduplicates_content) attributes += ",\"ContentBasedDeduplication\":\"true\"";
    if (queue.dead_letters) {
      attributes += ",\"RedrivePolicy\":" +
                    quoted("{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:000000000000:" + queue.dead_letters->name +
                           "\",\"maxReceiveCount\":" + std::to_string(queue.most_receives) + "}");
    }
    expectOk(
        askUntilAnswered("CreateQueue", "{\"QueueName\":\"" + queue.name + "\",\"Attributes\":{" + attributes + "}}"));
    queues_.push_back(std::make_unique<Queue>(std::move(queue)));
    return queues_.back().get();
  };
  Queue* dead = add({.name = "dead"});
  Queue* dead_fifo = add({.name = "dead", .is_fifo = true});
  add({.name = "old", .retention = 3});
  add({.name = "plain", .most_receives = 3, .dead_letters = dead});
  add({.name = "order", .is_fifo = true, .most_receives = 3, .dead_letters = dead_fifo});
  add({.name = "content", .is_fifo = true, .deduplicates_content = true});
}

// Every step has its own random numbers, so that what one step came to does not change what the next ones ask for.
void QueueWorld::step() {
  ++step_;
  rng_ = Rng((seed_ * 1'000'003 + static_cast<std::uint64_t>(number_)) * 1'000'003 + step_);
  Queue& queue = *queues_[static_cast<std::size_t>(rng_.below(static_cast<int>(queues_.size())))];
  const bool is_for_dead_letters = queue.name.find("-dead") != std::string::npos;
  const int choice = rng_.below(100);
  if (queue.messages.size() > kMostMessages) return drain(queue, rng_.between(1, 3), 0);
  if (choice < 30) return is_for_dead_letters ? receive(queue) : send(queue);
  if (choice < 38) return is_for_dead_letters ? receive(queue) : sendBatch(queue);
  if (choice < 42) return sendAgain();
  if (choice < 72) return receive(queue);
  if (choice < 84) return remove(queue);
  if (choice < 87) return removeWithOlderReceipt(queue);
  if (choice < 96) return changeVisibility(queue);
  checkCounts(queue);
}

QueueWorld::Message QueueWorld::newMessage(const Queue& queue) {
  Message message;
  const std::string number = std::to_string(++messages_);
  message.body = "message " + std::to_string(number_) + "-" + number;
  if (rng_.chance(10)) message.body += " " + std::string(static_cast<std::size_t>(rng_.below(2000)), 'x');
  message.sent_in = message.visible_from = window_;
  if (queue.is_fifo) {
    message.group = "group" + std::to_string(rng_.below(4));
    message.deduplication_id = "id-" + std::to_string(number_) + "-" + number;
  } else if (rng_.chance(15)) {
    message.visible_from = window_ + 1;
  }
  return message;
}

// The members of SendMessage, or of an entry of a batch.
std::string QueueWorld::entryOf(const Queue& queue, const Message& message) const {
  std::string members = "\"MessageBody\":\"" + message.body + "\"";
  if (queue.is_fifo) members += ",\"MessageGroupId\":\"" + message.group + "\"";
  if (queue.is_fifo && !queue.deduplicates_content) {
    members += ",\"MessageDeduplicationId\":\"" + message.deduplication_id + "\"";
  }
  if (!queue.is_fifo && message.visible_from > window_) members += ",\"DelaySeconds\":900";
  return members;
}

void QueueWorld::send(Queue& queue) {
  Message message = newMessage(queue);
  const std::string body = "{" + urlOf(queue) + "," + entryOf(queue, message) + "}";
  const auto answer = queue.is_fifo ? std::optional(askUntilAnswered("SendMessage", body)) : ask("SendMessage", body);
  if (answer) {
    expectOk(*answer);
    message.id = textOf(answer->body, "MessageId");
    expect(!message.id.empty(), "a message has no id");
  }
  message.may_be_missing = !answer;
  if (queue.is_fifo) recent_.push_back({&queue, message, std::chrono::steady_clock::now()});
  if (recent_.size() > 20) recent_.pop_front();
  queue.messages.push_back(std::move(message));
  if (!answer) drain(queue, 1, 0);
}

void QueueWorld::sendBatch(Queue& queue) {
  std::vector<Message> messages;
  std::string entries;
  for (int i = rng_.between(1, 10); i > 0; --i) {
    messages.push_back(newMessage(queue));
    entries += (entries.empty() ? "{\"Id\":\"" : ",{\"Id\":\"") + std::to_string(messages.size() - 1) + "\"," +
               entryOf(queue, messages.back()) + "}";
  }
  const std::string body = "{" + urlOf(queue) + ",\"Entries\":[" + entries + "]}";
  const auto answer =
      queue.is_fifo ? std::optional(askUntilAnswered("SendMessageBatch", body)) : ask("SendMessageBatch", body);
  if (answer) {
    expectOk(*answer);
    const json::array& sent = answer->body.at("Successful").as_array();
    expect(sent.size() == messages.size(), "not every entry was sent");
    for (const json::value& one : sent) {
      messages.at(static_cast<std::size_t>(std::stoi(textOf(one, "Id")))).id = textOf(one, "MessageId");
    }
  }
  for (Message& message : messages) {
    message.may_be_missing = !answer;
    queue.messages.push_back(std::move(message));
  }
  if (!answer) drain(queue, 1, 0);
}

// The same deduplication id again: the answer is that of the first message, and there is no other one.
void QueueWorld::sendAgain() {
  const auto is_over = [&](const Recent& one) {
    return one.message.sent_in != window_ || std::chrono::steady_clock::now() - one.sent_at > kSurelyDeduplicated;
  };
  std::erase_if(recent_, is_over);
  if (recent_.empty()) return;
  const Recent& again = recent_[static_cast<std::size_t>(rng_.below(static_cast<int>(recent_.size())))];
  Message message = again.message;
  // With a deduplication id of its own, the body does not matter.
  if (!again.queue->deduplicates_content) message.body += " again";
  const Answer answer =
      askUntilAnswered("SendMessage", "{" + urlOf(*again.queue) + "," + entryOf(*again.queue, message) + "}");
  expectOk(answer);
  expect(textOf(answer.body, "MessageId") == again.message.id, "a message that was sent again has another id");
}

// Also of a standard queue's messages that are visible again: the latest receipt still deletes them.
void QueueWorld::remove(Queue& queue) {
  Pointers candidates;
  for (Message& message : queue.messages) {
    const bool is_in_flight = !isVisible(message);
    if (!message.receipt.empty() && (is_in_flight || (!queue.is_fifo && !isDead(queue, message)))) {
      candidates.push_back(&message);
    }
  }
  if (candidates.empty()) return;
  if (candidates.size() > 10) candidates.resize(10);
  const bool is_batch = candidates.size() > 1 && rng_.chance(50);
  if (!is_batch) candidates = {rng_.pick(candidates)};
  std::set<std::string> bodies;
  std::string entries;
  for (const Message* message : candidates) {
    bodies.insert(message->body);
    entries += (entries.empty() ? "{\"Id\":\"" : ",{\"Id\":\"") + std::to_string(bodies.size()) +
               "\",\"ReceiptHandle\":\"" + message->receipt + "\"}";
  }
  if (is_batch) {
    const Answer answer =
        askUntilAnswered("DeleteMessageBatch", "{" + urlOf(queue) + ",\"Entries\":[" + entries + "]}");
    expectOk(answer);
    expect(answer.body.at("Successful").as_array().size() == bodies.size(), "not every message was deleted");
  } else {
    expectOk(askUntilAnswered("DeleteMessage",
                              "{" + urlOf(queue) + ",\"ReceiptHandle\":\"" + candidates.front()->receipt + "\"}"));
  }
  std::erase_if(queue.messages, [&](const Message& message) { return bodies.contains(message.body); });
}

// It deletes nothing; a FIFO queue says so.
void QueueWorld::removeWithOlderReceipt(Queue& queue) {
  for (const Message& message : queue.messages) {
    if (message.older_receipt.empty() || message.receipt.empty() || isVisible(message)) continue;
    const Answer answer =
        askUntilAnswered("DeleteMessage", "{" + urlOf(queue) + ",\"ReceiptHandle\":\"" + message.older_receipt + "\"}");
    queue.is_fifo ? expectRefused(answer, "InvalidParameterValueException") : expectOk(answer);
    return;
  }
}

void QueueWorld::changeVisibility(Queue& queue) {
  Pointers candidates;
  for (Message& message : queue.messages) {
    // In all, a message is in flight for 12 hours at most.
    if (!message.receipt.empty() && !isVisible(message) && message.received_in == window_) {
      candidates.push_back(&message);
    }
  }
  if (!candidates.empty()) giveBack(queue, *rng_.pick(candidates));
}

// At once, or in a later window.
void QueueWorld::giveBack(Queue& queue, Message& message) {
  const int windows = rng_.chance(60) ? 0 : rng_.between(1, 4);
  const int seconds = windows == 0 ? 0 : (2 * windows - 1) * 3600;
  expectOk(askUntilAnswered("ChangeMessageVisibility", "{" + urlOf(queue) + ",\"ReceiptHandle\":\"" + message.receipt +
                                                           "\",\"VisibilityTimeout\":" + std::to_string(seconds) +
                                                           "}"));
  message.visible_from = window_ + windows;
}

void QueueWorld::checkCounts(const Queue& queue) {
  if (queue.retention > 0) return;  // those that are too old are removed at any time
  int visible = 0, in_flight = 0, delayed = 0, open = 0;
  for (const Message& message : queue.messages) {
    if (message.may_be_missing || (isDead(queue, message) && isVisible(message))) {
      ++open;
    } else {
      ++(isVisible(message) ? visible : message.receives > 0 ? in_flight : delayed);
    }
  }
  for (const auto& source : queues_) {
    if (source->dead_letters != &queue) continue;
    for (const Message& message : source->messages) open += isDead(*source, message) && isVisible(message);
  }
  const Answer answer = askUntilAnswered("GetQueueAttributes", "{" + urlOf(queue) + ",\"AttributeNames\":[\"All\"]}");
  expectOk(answer);
  const json::value& attributes = answer.body.at("Attributes");
  const auto isAbout = [&](const char* name, int least) {
    const int number = std::stoi(textOf(attributes, name));
    expect(number >= least && number <= least + open,
           std::string(name) + " of " + queue.name + " is " + std::to_string(number) + ", the model says " +
               std::to_string(least) + " to " + std::to_string(least + open));
  };
  isAbout("ApproximateNumberOfMessages", visible);
  isAbout("ApproximateNumberOfMessagesNotVisible", in_flight);
  isAbout("ApproximateNumberOfMessagesDelayed", delayed);
}

// Receives everything that is visible, first from the queues that have a dead-letter queue.
void QueueWorld::audit() {
  for (auto queue = queues_.rbegin(); queue != queues_.rend(); ++queue) {
    drain(**queue, rng_.between(1, 3), 0);
    checkCounts(**queue);
  }
}

void QueueWorld::afterClockMove() {
  window_ = conductor_.window();
  for (const auto& queue : queues_) {
    std::erase_if(queue->messages, [&](const Message& message) {
      return queue->retention > 0 && message.sent_in + queue->retention <= window_;
    });
  }
}

}  // namespace ddblog::model
