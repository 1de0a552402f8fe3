// RemoveTargets: takes targets off a rule. Ids that it does not have come back as failed entries.
#pragma once

#include <string>
#include <vector>

#include "rpc/request_reader.h"
#include "services/eventbridge/bus/context.h"

namespace ddblog::eventbridge {

class RemoveTargets {
 public:
  RemoveTargets(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string bus_;
  std::string rule_;
  std::vector<std::string> ids_;
};

}  // namespace ddblog::eventbridge
