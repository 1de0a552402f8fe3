// Calls operations of services with an AWS JSON protocol, trees in and out.
//
// Thread safety: stateless functions.
#pragma once

#include <string_view>

#include "aws/client.h"
#include "base/json.h"

namespace ddblog::aws {

inline constexpr Service kSqs{"sqs", "sqs", "sqs", "AmazonSQS", "application/x-amz-json-1.0"};

// An operation that answers nothing at all (SQS has some) gives an empty object. Throws what Client::call throws, and
// std::runtime_error for an answer that is not a JSON object.
json::object callJson(const Client& client, std::string_view operation, const json::object& request);

}  // namespace ddblog::aws
