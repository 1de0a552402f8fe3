// The schedule group of a request about tags, by its ARN: schedules have no tags.
//
// Thread safety: pure functions.
#pragma once

#include <string>

#include "rpc/request_reader.h"
#include "services/scheduler/schedules/context.h"

namespace ddblog::scheduler {

// Path parameter ResourceArn.
std::string readTaggedGroup(rpc::RequestReader& request);
// Throws ResourceNotFoundException.
Group findTaggedGroup(const Context& context, const Reader& reader, const std::string& arn);

}  // namespace ddblog::scheduler
