// Sizes as DynamoDB calculates them, for the item limit (400 KB), pages (1 MB) and capacity units.
//
// Names and strings count their UTF-8 bytes; a number about (significant digits + 1) / 2 + 1; null
// and bool 1; a list or map 3, plus 1 for each element.
// Source:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
//
// Thread safety: pure functions.
#pragma once

#include <cstddef>

#include "item/attribute_value.h"
#include "item/limits.h"

namespace ddblog {

std::size_t attributeValueSize(const AttributeValue& value);
std::size_t itemSize(const Item& item);

// How deep the item's values nest: 0 for an empty item, 1 for one without lists and maps. The limit
// is limits::kItemDepth.
int itemDepth(const Item& item);

}  // namespace ddblog
