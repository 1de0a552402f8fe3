// The resource of a request about tags: a function, by its ARN. (Only functions have tags here.)
//
// Thread safety: pure functions.
#pragma once

#include <string>

#include "rpc/request_reader.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

// Path parameter Resource.
std::string readTaggedResource(rpc::RequestReader& request);
// Throws ResourceNotFoundException, and InvalidParameterValueException for a version or an alias.
FunctionPointer findTaggedFunction(const Context& context, const Reader& reader, const std::string& arn);

}  // namespace ddblog::lambda
