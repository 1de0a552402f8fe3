// GetFunction: what a function is, where its code lies, its reserved concurrency.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html
#pragma once

#include <string>

#include "rpc/request.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

class GetFunction {
 public:
  GetFunction(const rpc::Request& request, Context& context);  // throws ApiError
  std::string run() const;

 private:
  FunctionPointer function_;
};

}  // namespace ddblog::lambda
