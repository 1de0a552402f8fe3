#include "deploy/replays/replay_queue.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "base/json.h"
#include "base/json_fields.h"
#include "base/parallel.h"
#include "deploy/replays/limits.h"

namespace ddblog::replays {
namespace {

std::uint64_t numberOf(const json::object& attributes, std::string_view name) {
  const std::string text = textOf(attributes, name);
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

std::vector<QueuedMessage> ReplayQueue::receiveOnce(std::chrono::seconds wait) const {
  const json::object answer =
      aws::callJson(sqs_, "ReceiveMessage",
                    {{"QueueUrl", url_},
                     {"MaxNumberOfMessages", static_cast<std::int64_t>(limits::kReplayMessages)},
                     {"WaitTimeSeconds", static_cast<std::int64_t>(wait.count())}});
  std::vector<QueuedMessage> messages;
  const json::value* list = memberOf(answer, "Messages");
  if (!list || !list->is_array()) return messages;
  for (const json::value& one : list->get_array()) {
    messages.push_back({textOf(one.as_object(), "Body"), textOf(one.as_object(), "ReceiptHandle")});
  }
  return messages;
}

std::vector<QueuedMessage> ReplayQueue::receive(std::chrono::seconds wait) const {
  std::vector<QueuedMessage> messages = receiveOnce(wait);
  if (messages.size() < limits::kReplayMessages) return messages;
  std::vector<std::vector<QueuedMessage>> more(limits::kReplayReceivers);
  inParallel(more.size(), more.size(), [&](std::size_t i) { more[i] = receiveOnce(std::chrono::seconds(0)); });
  for (auto& some : more) std::ranges::move(some, std::back_inserter(messages));
  return messages;
}

void ReplayQueue::remove(const std::vector<QueuedMessage>& messages) const {
  const std::size_t calls = (messages.size() + limits::kReplayMessages - 1) / limits::kReplayMessages;
  inParallel(calls, limits::kReplayReceivers, [&](std::size_t call) {
    const std::size_t first = call * limits::kReplayMessages;
    json::array entries;
    for (std::size_t i = first; i < std::min(messages.size(), first + limits::kReplayMessages); ++i) {
      entries.push_back(json::object{{"Id", std::to_string(i)}, {"ReceiptHandle", messages[i].receipt}});
    }
    aws::callJson(sqs_, "DeleteMessageBatch", {{"QueueUrl", url_}, {"Entries", std::move(entries)}});
  });
}

std::uint64_t ReplayQueue::size() const {
  const json::object answer = aws::callJson(
      sqs_, "GetQueueAttributes",
      {{"QueueUrl", url_},
       {"AttributeNames", json::array{"ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"}}});
  const json::object* attributes = objectOf(answer, "Attributes");
  if (!attributes) return 0;
  return numberOf(*attributes, "ApproximateNumberOfMessages") +
         numberOf(*attributes, "ApproximateNumberOfMessagesNotVisible");
}

}  // namespace ddblog::replays
