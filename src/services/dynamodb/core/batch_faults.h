// The faults of a batch's parts (base/faults.h): a table that is short of throughput leaves some of them
// undone, and the client asks for them again.
//
// Thread safety: any thread.
#pragma once

#include <string_view>

#include "base/api_error.h"
#include "services/dynamodb/core/context.h"

namespace ddblog::dynamodb {

// Whether the fault hits this part of a batch. `operation`: "BatchWriteItem"; `part`: what does not differ
// from run to run: the item's key, or the statement.
bool isLeftUndone(const Context& context, std::string_view operation, std::string_view table, std::string_view part);

// The error of a throttled table, which a batch of which nothing is done has too.
ApiError throughputExceeded();

}  // namespace ddblog::dynamodb
