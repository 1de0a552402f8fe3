// How requests name a function: a name, a partial ARN or an ARN, with or without a qualifier, in
// the form that AWS's API model gives. (functions.h says whether there is such a function.)
//
// Source:
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_RequestParameters Thread
// safety: pure functions.
#pragma once

#include <string>

#include "rpc/request_reader.h"

namespace ddblog::lambda {

struct FunctionReference {
  std::string name;       // FunctionName of the path
  std::string qualifier;  // Qualifier of the query; empty: none
};
FunctionReference readFunctionReference(rpc::RequestReader& request);

// The constraints of a FunctionName wherever it stands in a request.
rpc::StringRule functionNameRule();

}  // namespace ddblog::lambda
