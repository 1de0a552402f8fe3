// DescribeRule: one rule.
#pragma once

#include <string>

#include "rpc/request_reader.h"
#include "services/eventbridge/bus/context.h"

namespace ddblog::eventbridge {

class DescribeRule {
 public:
  DescribeRule(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  std::string bus_;
  std::string name_;
};

}  // namespace ddblog::eventbridge
