// EnableRule: lets a rule match again.
#pragma once

#include <string>

#include "api/request_reader.h"
#include "eventbridge/context.h"

namespace ddblog::eventbridge {

class EnableRule {
 public:
  EnableRule(api::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string bus_;
  std::string name_;
};

}  // namespace ddblog::eventbridge
