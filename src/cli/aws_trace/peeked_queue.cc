#include "cli/aws_trace/peeked_queue.h"

#include <set>
#include <stdexcept>

#include "aws/json_client.h"
#include "base/json_fields.h"

namespace ddblog::cli {
namespace {

constexpr int kHiddenSeconds = 10;
constexpr int kMostRequests = 50;  // ours; each returns up to ten messages
constexpr int kWaitSeconds = 1;    // without it SQS asks only some of its servers, and may find none of the messages

bool isEvent(const json::object& object, const EventKey& event) {
  const json::object* detail = objectOf(object, "detail");
  const json::object* key = detail ? objectOf(*detail, "key") : nullptr;
  if (!key || textOf(*key, "pk") != event.stream) return false;
  const json::value* version = memberOf(*key, "sk");
  return version && json::serialize(*version) == std::to_string(event.version);
}

// "RetriesExhausted: ValueError: no", of the record of a failed invocation.
std::string reasonIn(const std::string& body) {
  const json::value record = parseJson(body);
  const json::object* context = objectOf(record.as_object(), "requestContext");
  const json::object* response = objectOf(record.as_object(), "responsePayload");
  std::string reason = context ? textOf(*context, "condition") : std::string();
  for (const char* name : {"errorType", "errorMessage"}) {
    const std::string text = response ? textOf(*response, name) : std::string();
    if (!text.empty()) reason += (reason.empty() ? "" : ": ") + text;
  }
  return reason;
}

// arn:aws:sqs:eu-north-1:111122223333:failed
std::string urlOf(const aws::Client& sqs, const std::string& arn) {
  const std::size_t name = arn.rfind(':');
  const std::size_t account = arn.rfind(':', name - 1);
  const json::object request{{"QueueName", arn.substr(name + 1)},
                             {"QueueOwnerAWSAccountId", arn.substr(account + 1, name - account - 1)}};
  return textOf(aws::callJson(sqs, "GetQueueUrl", request), "QueueUrl");
}

}  // namespace

bool holdsEvent(const std::string& body, const EventKey& event) {
  try {
    const json::value parsed = parseJson(body);
    const json::object& message = parsed.as_object();
    const json::object* payload = objectOf(message, "requestPayload");
    return isEvent(message, event) || (payload && isEvent(*payload, event));
  } catch (const std::exception&) {  // somebody else's message
    return false;
  }
}

Peeked peek(aws::Session& session, const std::string& queue_arn, const EventKey& event) {
  Peeked peeked;
  if (queue_arn.ends_with(".fifo")) {
    peeked.left_out = "it is a FIFO queue, whose groups would wait";
    return peeked;
  }
  const aws::Client sqs(session, aws::kSqs);
  const std::string url = urlOf(sqs, queue_arn);
  const json::object attributes =
      aws::callJson(sqs, "GetQueueAttributes", {{"QueueUrl", url}, {"AttributeNames", json::array{"RedrivePolicy"}}});
  const json::object* found = objectOf(attributes, "Attributes");
  if (found && found->contains("RedrivePolicy")) {
    peeked.left_out = "it moves messages on after some receives";
    return peeked;
  }
  std::set<std::string> seen;
  for (int request = 0; request < kMostRequests; ++request) {
    const json::object answer = aws::callJson(sqs, "ReceiveMessage",
                                              {{"QueueUrl", url},
                                               {"MaxNumberOfMessages", 10},
                                               {"VisibilityTimeout", kHiddenSeconds},
                                               {"WaitTimeSeconds", kWaitSeconds}});
    const json::value* messages = memberOf(answer, "Messages");
    const std::size_t before = seen.size();
    for (const json::value& one : messages && messages->is_array() ? messages->get_array() : json::array()) {
      const std::string id = textOf(one.as_object(), "MessageId");
      const std::string body = textOf(one.as_object(), "Body");
      if (!seen.insert(id).second || !holdsEvent(body, event)) continue;
      peeked.messages.push_back(json::object{{"kind", "message"},
                                             {"queue", queue_arn},
                                             {"messageId", id},
                                             {"what", reasonIn(body)},
                                             {"children", json::array()}});
    }
    peeked.looked_at = seen.size();
    if (seen.size() == before) return peeked;  // none, or only such as have come again
  }
  peeked.left_out = "it has more than " + std::to_string(peeked.looked_at) + " messages";
  return peeked;
}

}  // namespace ddblog::cli
