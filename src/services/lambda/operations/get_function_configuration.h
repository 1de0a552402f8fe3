// GetFunctionConfiguration: what a function is.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html
#pragma once

#include <string>

#include "rpc/request.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

class GetFunctionConfiguration {
 public:
  GetFunctionConfiguration(const rpc::Request& request, Context& context);  // throws ApiError
  std::string run() const;

 private:
  FunctionPointer function_;
};

}  // namespace ddblog::lambda
