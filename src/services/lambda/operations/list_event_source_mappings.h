// ListEventSourceMappings: the mappings, of one function or one source if the request says so.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_ListEventSourceMappings.html
#pragma once

#include <string>

#include "rpc/request.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

class ListEventSourceMappings {
 public:
  ListEventSourceMappings(const rpc::Request& request, Context& context);  // throws ApiError
  std::string run() const;

 private:
  Context& context_;
  std::string source_;
  std::string function_name_;
};

}  // namespace ddblog::lambda
