// Reads and validates the tags of requests, with DynamoDB's messages (as users reported them in
// October 2026).
//
// Keys and values may have letters, digits and spaces of any script, and + - = . _ : / @. Source:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html
//
// Errors: ApiError. Thread safety: pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/limits.h"

namespace ddblog::dynamodb {

struct Tag {
  std::string key;
  std::string value;
};

// A tag before it is checked.
struct TagRequest {
  std::optional<std::string> key;
  std::optional<std::string> value;
};

std::optional<std::vector<TagRequest>> readTags(rpc::ObjectReader& fields, bool required);
// Rejects the first invalid key or value, duplicate keys, and too many tags.
std::vector<Tag> checkTags(const std::vector<TagRequest>& tags);
// The same for the keys of tags to remove.
void checkTagKeys(const std::vector<std::string>& keys);
// Throws ValidationException for more than limits::kTagsPerResource tags.
void checkTagCount(std::size_t count);

}  // namespace ddblog::dynamodb
