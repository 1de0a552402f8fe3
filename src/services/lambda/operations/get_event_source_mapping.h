// GetEventSourceMapping: a mapping by its UUID.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_GetEventSourceMapping.html
#pragma once

#include <string>

#include "rpc/request.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

class GetEventSourceMapping {
 public:
  GetEventSourceMapping(const rpc::Request& request, Context& context);  // throws ApiError
  std::string run() const;

 private:
  const EventSourceMapping* mapping_ = nullptr;
};

}  // namespace ddblog::lambda
