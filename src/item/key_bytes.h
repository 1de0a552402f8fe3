// Key attributes (S, N, B) as bytes whose lexicographic order is DynamoDB's order: text by its
// UTF-8 bytes, numbers by value, binary as unsigned bytes. Each encoding is self-delimiting, so
// that several can follow one another in one key. Equal numbers (1, 1.0, 1e0) have equal bytes.
//
// Thread safety: free functions without state.
#pragma once

#include <string>
#include <string_view>

#include "item/attribute_value.h"

namespace ddblog {

// `value` is a string, number or binary; anything else is a bug of ours (assert).
void appendKeyBytes(std::string& out, const AttributeValue& value);

// The first bytes of every text or binary that begins with `prefix`: appendKeyBytes without the end
// (begins_with).
void appendKeyPrefixBytes(std::string& out, const AttributeValue& prefix);

}  // namespace ddblog
