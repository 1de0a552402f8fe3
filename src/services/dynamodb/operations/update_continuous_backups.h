// UpdateContinuousBackups: turns point-in-time recovery on or off. Kept and given back; nothing is backed up.
//
// Refuses: broken constraints; RecoveryPeriodInDays when it is turned off; TableNotFoundException.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"

namespace ddblog::dynamodb {

class UpdateContinuousBackups {
 public:
  UpdateContinuousBackups(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string name_;
  bool enabled_ = false;
  std::optional<std::int64_t> days_;
};

}  // namespace ddblog::dynamodb
