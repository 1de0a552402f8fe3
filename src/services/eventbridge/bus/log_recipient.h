// A CloudWatch log group of this account and region as a rule's target: the event is a line of the
// program's log, "GROUP: EVENT". Any group is there; nothing is kept.
// The line is written before the commit, so it can come twice if the commit fails.
//
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
// Thread safety: as rpc::Recipient.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "rpc/recipients.h"

namespace ddblog::eventbridge {

class LogRecipient : public rpc::Recipient {
 public:
  LogRecipient(std::string_view region, std::string_view account_id, std::function<void(std::string_view)> log)
      : prefix_("arn:aws:logs:" + std::string(region) + ":" + std::string(account_id) + ":log-group:"),
        log_(std::move(log)) {}

  bool accepts(std::string_view arn) const override { return arn.starts_with(prefix_) && arn.size() > prefix_.size(); }
  std::optional<rpc::DeliveryFailure> deliver(Transaction&, const rpc::Message& message) override {
    std::string group = message.recipient_arn.substr(prefix_.size());
    if (group.ends_with(":*")) group.resize(group.size() - 2);
    log_(group + ": " + message.body.text());
    return std::nullopt;
  }

 private:
  const std::string prefix_;
  const std::function<void(std::string_view line)> log_;
};

}  // namespace ddblog::eventbridge
