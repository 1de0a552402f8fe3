// A service's writing operations as recipients of messages: the universal targets of EventBridge
// Scheduler.
//
//   arn:aws:scheduler:::aws-sdk:sqs:sendMessage     the body is the request of SendMessage
//
// The operation runs in the sender's transaction. Its error is why the message is not delivered; it is
// permanent unless the service was throttled or at fault.
//
// Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
// Thread safety: as Recipient.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/api_error.h"
#include "base/ids.h"
#include "rpc/api.h"
#include "rpc/recipients.h"

namespace ddblog::rpc {

inline constexpr std::string_view kUniversalTarget = "arn:aws:scheduler:::aws-sdk:";

// Why an operation's error keeps a message from being delivered.
DeliveryFailure failureOf(const ApiError& error);

class OperationRecipient : public Recipient {
 public:
  // `service`: as the SDKs name it: "sqs". The references must outlive this.
  OperationRecipient(std::string_view service, const JsonApi& api, Ids& ids)
      : prefix_(std::string(kUniversalTarget) + std::string(service) + ":"), api_(api), ids_(ids) {}

  bool accepts(std::string_view arn) const override { return find(arn) != nullptr; }
  std::optional<DeliveryFailure> deliver(Transaction& transaction, const Message& message) override;

 private:
  const JsonApi::Operation* find(std::string_view arn) const;

  const std::string prefix_;
  const JsonApi& api_;
  Ids& ids_;
};

}  // namespace ddblog::rpc
