#include "services/sqs/queues/queue_recipient.h"

#include <string>
#include <utility>

#include "base/api_error.h"
#include "services/sqs/queues/message_checks.h"
#include "services/sqs/queues/policy.h"
#include "services/sqs/queues/traced_send.h"

namespace ddblog::sqs {

namespace {

constexpr std::string_view kLambda = "lambda.amazonaws.com";

Message messageOf(const rpc::Message& delivered, const std::string& account_id) {
  Message message;
  message.sender_id = account_id;
  message.body = delivered.body.text();
  message.group_id = delivered.group_id;
  for (const auto& [name, value] : delivered.attributes) {
    message.attributes.push_back({name, "String", false, value});
  }
  return message;
}

}  // namespace

// A sender that does not name itself is the account's own.
bool QueueRecipient::isAllowed(const Queue& queue, const rpc::Message& message) const {
  const bool has_role = message.sender_service.empty() || message.sender_service == kLambda;
  const std::string* policy = queue.attribute("Policy");
  if (!policy) return has_role;
  const PolicyRequest request{"sqs:SendMessage", queue.arn, has_role ? std::string() : message.sender_service,
                              message.sender_arn, context_.account_id};
  const PolicyDecision decision = decide(*policy, request);
  return has_role ? decision != PolicyDecision::kDenied : decision == PolicyDecision::kAllowed;
}

std::optional<rpc::DeliveryFailure> QueueRecipient::deliver(Transaction& transaction, const rpc::Message& message) {
  const auto queue = context_.catalog.find(transaction, context_.catalog.nameInArn(message.recipient_arn));
  if (!queue) return rpc::DeliveryFailure{"NO_RESOURCE", "there is no queue " + message.recipient_arn};
  if (!isAllowed(*queue, message)) {
    return rpc::DeliveryFailure{"NO_PERMISSIONS", "the policy of the queue " + queue->name + " does not allow " +
                                                      message.sender_service + " to send messages for " +
                                                      message.sender_arn + " (sqs:SendMessage)"};
  }
  Message sent = messageOf(message, context_.account_id);
  try {
    checkMessage(sent);
    checkForQueue(*queue, sent, {});
  } catch (const ApiError& error) {
    return rpc::DeliveryFailure{"INVALID_PARAMETER",
                                "the queue " + queue->name + " did not take the message: " + error.message()};
  }
  sendTraced(transaction, context_, *queue, std::move(sent));
  return std::nullopt;
}

}  // namespace ddblog::sqs
