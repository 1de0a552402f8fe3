// Reads the name by which a request identifies a function: a name, a partial ARN or an ARN, with or
// without a qualifier, in the form of AWS's API model. (functions.h decides whether the function
// exists.)
//
// Source:
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_RequestParameters
// Thread safety: pure functions.
#pragma once

#include <string>

#include "rpc/request_reader.h"

namespace ddblog::lambda {

struct FunctionReference {
  std::string name;       // path parameter FunctionName
  std::string qualifier;  // query parameter Qualifier; empty: none
};
FunctionReference readFunctionReference(rpc::RequestReader& request);

// The constraints of FunctionName in any request.
rpc::StringRule functionNameRule();

}  // namespace ddblog::lambda
