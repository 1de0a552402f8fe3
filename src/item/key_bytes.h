// Key attributes (S, N, B) as bytes whose lexicographic order is DynamoDB's order: strings by their
// UTF-8 bytes, numbers by value, binary as unsigned bytes. Each encoding is self-delimiting, so a
// key can hold several in a row. Equal numbers (1, 1.0, 1e0) have equal bytes.
//
// Thread safety: stateless functions.
#pragma once

#include <string>
#include <string_view>

#include "item/attribute_value.h"

namespace ddblog {

// `value` must be a string, a number or binary (asserted).
void appendKeyBytes(std::string& out, const AttributeValue& value);

// The common prefix of the key bytes of all strings or binaries that begin with `prefix`:
// appendKeyBytes without the terminator (for begins_with).
void appendKeyPrefixBytes(std::string& out, const AttributeValue& prefix);

}  // namespace ddblog
