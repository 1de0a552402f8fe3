// Where the bus hands an event over to a target: implemented by those who know what a target does with it.
//
// deliver() is called on the writer thread, inside the transaction of PutEvents, so that matching the rules and putting
// one durable delivery for each target on its way is one commit. It only writes; attempts come after the commit.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "store/store.h"

namespace ddblog::eventbridge {

struct Delivery {
  std::string rule_arn;
  std::string target_id;
  std::string target_arn;
  std::string payload;  // what the target gets: the event, or what Input/InputPath/InputTransformer made of it
  std::string event_id;
  int maximum_retry_attempts = 185;                   // RetryPolicy of the target
  std::chrono::seconds maximum_event_age{24 * 3600};  // RetryPolicy of the target
  std::string dead_letter_arn;                        // empty: none
};

class TargetDelivery {
 public:
  virtual ~TargetDelivery() = default;
  // Whether targets of this ARN can be delivered to at all (PutTargets refuses the others).
  virtual bool accepts(std::string_view target_arn) const = 0;
  virtual void deliver(Transaction& transaction, const Delivery& delivery) = 0;
};

}  // namespace ddblog::eventbridge
