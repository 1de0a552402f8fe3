// The universal targets of schedules: operations that the Input is the request of.
//
//   arn:aws:scheduler:::aws-sdk:sqs:sendMessage     the Input is the request of SendMessage
//
// The operation runs in the schedule's transaction. Its error is why the message is not delivered; it is
// permanent unless the service was throttled or at fault. Entries of a batch that fail are in its answer,
// which nobody reads: there is a line in the log.
//
// Only schedules have such targets: they are not among the cloud's recipients.
//
// Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
// Thread safety: as rpc::Recipient.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "rpc/recipients.h"
#include "rpc/transacted_operations.h"

namespace ddblog::scheduler {

class UniversalTargets : public rpc::Recipient {
 public:
  // `operations` must outlive this.
  UniversalTargets(const rpc::OperationRegistry& operations, std::function<void(std::string_view line)> warn)
      : operations_(operations), warn_(std::move(warn)) {}

  // Whether the ARN is a universal target's, of whatever service.
  static bool isUniversal(std::string_view arn);

  bool accepts(std::string_view arn) const override;
  std::optional<rpc::DeliveryFailure> deliver(Transaction& transaction, const rpc::Message& message) override;

 private:
  const rpc::OperationRegistry& operations_;
  const std::function<void(std::string_view line)> warn_;
};

}  // namespace ddblog::scheduler
