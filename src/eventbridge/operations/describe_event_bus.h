// DescribeEventBus: one bus, `default` unless another is named.
#pragma once

#include <string>

#include "api/request_reader.h"
#include "eventbridge/context.h"

namespace ddblog::eventbridge {

class DescribeEventBus {
 public:
  DescribeEventBus(api::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  std::string name_;
};

}  // namespace ddblog::eventbridge
