// UpdateTimeToLive: turns a table's time to live on (items that are there already are queued) or off.
//
// Refuses: broken constraints; ResourceNotFoundException; ValidationException for what is so already ("TimeToLive is
// already enabled").
#pragma once

#include <string>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"

namespace ddblog::dynamodb {

class UpdateTimeToLive {
 public:
  UpdateTimeToLive(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string name_;
  std::string attribute_;
  bool enabled_ = false;
};

}  // namespace ddblog::dynamodb
