// GetFunctionConcurrency: a function's reserved concurrency; {} if it has none.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConcurrency.html
#pragma once

#include <string>

#include "rpc/request.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

class GetFunctionConcurrency {
 public:
  GetFunctionConcurrency(const rpc::Request& request, Context& context);  // throws ApiError
  std::string run() const;

 private:
  FunctionPointer function_;
};

}  // namespace ddblog::lambda
