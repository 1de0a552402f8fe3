// How values compare: the order of strings, numbers and binaries, and the result of the function
// size().
//
// Thread safety: stateless functions.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

#include "item/attribute_value.h"

namespace ddblog {

// Whether values of this type have an order: string, number, binary.
inline bool isScalar(const AttributeValue& value) {
  return value.is<std::string>() || value.is<Decimal>() || value.is<AttributeValue::Binary>();
}

// The order of two values; unordered if their types differ or have no order.
inline std::partial_ordering compareScalars(const AttributeValue& one, const AttributeValue& other) {
  if (one.type() != other.type()) return std::partial_ordering::unordered;
  if (const std::string* text = one.getIf<std::string>()) return *text <=> other.string();
  if (const Decimal* number = one.getIf<Decimal>()) return *number <=> other.number();
  if (const auto* binary = one.getIf<AttributeValue::Binary>()) return *binary <=> other.as<AttributeValue::Binary>();
  return std::partial_ordering::unordered;
}

// The length of a string in Java: a character outside the basic plane (four bytes of UTF-8) counts
// twice.
inline std::size_t utf16Units(std::string_view text) {
  std::size_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) units += byte >= 0xF0 ? 2 : 1;
  }
  return units;
}

// UTF-16 units of a string, bytes of a binary, elements of a set, list or map; nullopt for other
// types.
inline std::optional<std::int64_t> sizeOf(const AttributeValue& value) {
  const auto count = [](std::size_t size) { return std::optional<std::int64_t>(static_cast<std::int64_t>(size)); };
  switch (value.type()) {
    case AttributeValue::Type::kString:
      return count(utf16Units(value.string()));
    case AttributeValue::Type::kBinary:
      return count(value.as<AttributeValue::Binary>().bytes.size());
    case AttributeValue::Type::kStringSet:
      return count(value.as<AttributeValue::StringSet>().size());
    case AttributeValue::Type::kNumberSet:
      return count(value.as<AttributeValue::NumberSet>().size());
    case AttributeValue::Type::kBinarySet:
      return count(value.as<AttributeValue::BinarySet>().size());
    case AttributeValue::Type::kMap:
      return count(value.as<AttributeValue::Map>().size());
    case AttributeValue::Type::kList:
      return count(value.as<AttributeValue::List>().size());
    default:
      return std::nullopt;
  }
}

}  // namespace ddblog
