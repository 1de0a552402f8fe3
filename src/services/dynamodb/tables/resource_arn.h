// ResourceArn: what the operations on tags and on resource policies name their table (or its stream) by.
//
// The words are AWS's of October 2026 as users report them; "Invalid TableArn" was recorded by dynalite's tests.
//
// Throws ApiError. Thread safety: free functions on a Reader.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"
#include "store/store.h"

namespace ddblog::dynamodb {

// Reads ResourceArn and refuses, at once, what is no ARN of a table or stream of this account and region. The two
// families of operations say it differently.
std::string readTaggedArn(rpc::ObjectReader& fields, const Context& context);
std::string readPolicyArn(rpc::ObjectReader& fields, const Context& context);

// The table that tags hang on: ResourceNotFoundException for one that there is not, and for a stream.
std::shared_ptr<const Table> taggedTable(const Reader& reader, const Context& context, std::string_view arn);
// The table that the resource of a policy is, or that the stream is of.
std::shared_ptr<const Table> tableOfPolicy(const Reader& reader, const Context& context, std::string_view arn);

}  // namespace ddblog::dynamodb
