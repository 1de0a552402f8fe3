// GetFunctionEventInvokeConfig: what happens to a function's asynchronous invocations.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionEventInvokeConfig.html
#pragma once

#include <string>

#include "rpc/request.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

class GetFunctionEventInvokeConfig {
 public:
  GetFunctionEventInvokeConfig(const rpc::Request& request, Context& context);  // throws ApiError
  std::string run() const;

 private:
  FunctionPointer function_;
};

}  // namespace ddblog::lambda
