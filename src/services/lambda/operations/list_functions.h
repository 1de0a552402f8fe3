// ListFunctions: the functions by name, in pages of MaxItems (50).
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html
#pragma once

#include <string>

#include "rpc/request.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

class ListFunctions {
 public:
  ListFunctions(const rpc::Request& request, Context& context);  // throws ApiError
  std::string run() const;

 private:
  Context& context_;
  std::size_t limit_;
  std::string after_;
};

}  // namespace ddblog::lambda
