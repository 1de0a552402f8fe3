// Sizes by DynamoDB's own arithmetic: what limits (400 KB), pages (1 MB) and capacity units are
// counted in.
//
// UTF-8 bytes of names and texts; numbers about (significant digits + 1) / 2 + 1; null and bool 1;
// lists and maps 3 and 1 for each element. Source:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
#pragma once

#include <cstddef>

#include "item/attribute_value.h"
#include "item/limits.h"

namespace ddblog {

std::size_t attributeValueSize(const AttributeValue& value);
std::size_t itemSize(const Item& item);

// How deep the item's values nest: 1 for one without lists and maps, 0 for an empty one
// (limits::kItemDepth is the most).
int itemDepth(const Item& item);

}  // namespace ddblog
