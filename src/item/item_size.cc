#include "item/item_size.h"

#include <algorithm>

namespace ddblog {

namespace {

// Two digits per byte, one byte for the exponent, one for the sign of a negative number. Digits
// pair up from the decimal point, so 1.5 takes as much as 12.5. Zero takes one byte.
std::size_t numberSize(const Decimal& number) {
  const int digits = number.significantDigits();
  if (digits == 0) return 1;
  const int unpaired_low = number.exponent() & 1;
  const int unpaired_high = (digits + number.exponent()) & 1;
  const std::size_t pairs = static_cast<std::size_t>(digits + unpaired_low + unpaired_high) / 2;
  return pairs + 1 + (number.isNegative() ? 1 : 0);
}

int depthOf(const AttributeValue& value) {
  if (const auto* map = value.getIf<AttributeValue::Map>()) return 1 + itemDepth(*map);
  int deepest = 0;
  if (const auto* list = value.getIf<AttributeValue::List>()) {
    for (const AttributeValue& element : *list) deepest = std::max(deepest, depthOf(element));
  }
  return 1 + deepest;
}

struct Measure {
  std::size_t operator()(const std::string& text) const { return text.size(); }
  std::size_t operator()(const Decimal& number) const { return numberSize(number); }
  std::size_t operator()(const AttributeValue::Binary& binary) const { return binary.bytes.size(); }
  std::size_t operator()(const AttributeValue::StringSet& set) const { return sum(set); }
  std::size_t operator()(const AttributeValue::NumberSet& set) const { return sum(set); }
  std::size_t operator()(const AttributeValue::BinarySet& set) const { return sum(set); }
  std::size_t operator()(bool) const { return 1; }
  std::size_t operator()(AttributeValue::Null) const { return 1; }
  std::size_t operator()(const AttributeValue::Map& map) const {
    std::size_t size = 3;
    for (const auto& [name, value] : map) size += 1 + name.size() + attributeValueSize(value);
    return size;
  }
  std::size_t operator()(const AttributeValue::List& list) const {
    std::size_t size = 3;
    for (const AttributeValue& value : list) size += 1 + attributeValueSize(value);
    return size;
  }

  template <class Set>
  std::size_t sum(const Set& set) const {
    std::size_t size = 0;
    for (const auto& element : set) size += (*this)(element);
    return size;
  }
};

}  // namespace

std::size_t attributeValueSize(const AttributeValue& value) { return value.visit(Measure{}); }

std::size_t itemSize(const Item& item) {
  std::size_t size = 0;
  for (const auto& [name, value] : item) size += name.size() + attributeValueSize(value);
  return size;
}

int itemDepth(const Item& item) {
  int deepest = 0;
  for (const auto& [name, value] : item) deepest = std::max(deepest, depthOf(value));
  return deepest;
}

}  // namespace ddblog
