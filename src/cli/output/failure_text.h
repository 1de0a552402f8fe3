// Failures as `dynamodb-log failures` prints them for people.
//
//   17  2026-11-22T09:00:00.000Z  users  RetriesExhausted after 3 attempts  ValueError: no such user
//
// Thread safety: stateless functions. The texts come from outside: print them with printable().
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace ddblog::cli {

// `failure`: a summary of GET /_local/failures. Throws std::exception if it is not one.
std::string summaryLine(const json::object& failure);

// `body`: the answer of GET /_local/failures/ID. The payload keeps its bytes.
std::vector<std::string> failureLines(const std::string& body);

// `body`: the same. The bytes of its payload: JSON, or a JSON string if what failed was no JSON.
std::string failurePayload(std::string_view body);

}  // namespace ddblog::cli
