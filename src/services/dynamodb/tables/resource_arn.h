// ResourceArn, by which the operations on tags and on resource policies name a table or its stream.
//
// The messages are AWS's of October 2026 as users report them; "Invalid TableArn" was recorded by
// dynalite's tests.
//
// Errors: ApiError. Thread safety: pure functions.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"
#include "store/store.h"

namespace ddblog::dynamodb {

// Reads ResourceArn. finish() throws unless it is the ARN of a table or a stream of this account and
// region. The two families of operations have different messages.
std::string readTaggedArn(rpc::ObjectReader& fields, const Context& context);
std::string readPolicyArn(rpc::ObjectReader& fields, const Context& context);

// The table that has the tags. Throws ResourceNotFoundException if it does not exist, or if the ARN
// is a stream's.
std::shared_ptr<const Table> taggedTable(const Reader& reader, const Context& context, std::string_view arn);
// The table that has the policy, or whose stream has it. Throws ResourceNotFoundException.
std::shared_ptr<const Table> tableOfPolicy(const Reader& reader, const Context& context, std::string_view arn);

}  // namespace ddblog::dynamodb
