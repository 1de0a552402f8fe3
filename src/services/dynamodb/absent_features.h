// Operations of features that there are not here: backups, exports, imports and bulk operations through S3, vector
// indexes, global tables, Kinesis destinations, contributor insights. They are known, so they are not unknown
// operations: reads say truthfully that there is none (and refuse a table that there is not), writes are refused.
//
// What AWS says to one who has none of them is said in AWS's words (of October 2026, as users report them); that a
// feature is not available here is said in ours.
//
// Thread safety: the handlers may be called from any thread.
#pragma once

#include "rpc/api.h"
#include "services/dynamodb/core/context.h"

namespace ddblog::dynamodb {

void addAbsentFeatures(rpc::JsonApi& service, Context& context);

}  // namespace ddblog::dynamodb
