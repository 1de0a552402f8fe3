// The stored form of a delivery that waits to be tried again (deliveries.h draws it).
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "deliveries/deliveries.h"

namespace ddblog::deliveries {

struct StoredDelivery {
  RunningTime first_at;
  std::string source_arn, target_arn, group_id, dead_letter_arn, id, event, input;
  RetryPolicy retry_policy;
  std::optional<rpc::EventEnvelope> envelope;
  std::map<std::string, std::string> dead_letter_attributes;

  Delivery delivery() const {
    return {source_arn, target_arn, group_id, dead_letter_arn, retry_policy,
            id,         event,      input,    envelope,        dead_letter_attributes};
  }
};

std::string encodeDelivery(KeySpace space, const Delivery& delivery, RunningTime first_at);
// Throws std::runtime_error if the bytes are not what encodeDelivery wrote.
StoredDelivery decodeDelivery(std::string_view stored);

}  // namespace ddblog::deliveries
