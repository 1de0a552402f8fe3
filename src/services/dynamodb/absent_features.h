// AWS operations whose feature we do not implement: backups, exports, imports and bulk operations
// through S3, vector indexes, global tables, Kinesis destinations, contributor insights. Reads
// return empty results (and reject a table that does not exist), writes are rejected; only names
// unknown to AWS get UnknownOperationException.
//
// An account that uses none of these features gets the same responses from AWS, with the same
// messages (as users reported them in October 2026). The messages that say that a feature is not
// available here are our own.
//
// Thread safety: the handlers may be called from any thread.
#pragma once

#include "rpc/api.h"
#include "services/dynamodb/core/context.h"

namespace ddblog::dynamodb {

void addAbsentFeatures(rpc::JsonApi& service, Context& context);

}  // namespace ddblog::dynamodb
