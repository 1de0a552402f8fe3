// The faults of a batch's parts (base/faults.h): a table that is short of throughput leaves some of them
// undone, and the client asks for them again.
//
// Thread safety: any thread.
#pragma once

#include <string_view>

#include "base/api_error.h"
#include "base/json.h"
#include "services/dynamodb/core/context.h"

namespace ddblog::dynamodb {

// Whether the fault hits this part of a batch. `operation`: "BatchWriteItem"; `part`: as it was sent.
bool isLeftUndone(const Context& context, std::string_view operation, std::string_view table, const json::object& part);

// The error of a throttled table, which a batch of which nothing is done has too.
ApiError throughputExceeded();

}  // namespace ddblog::dynamodb
