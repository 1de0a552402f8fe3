// Compares an item with what a test expects of it.
#include <algorithm>

#include "base/decimal.h"
#include "base/json.h"
#include "clients/cpp/src/payload_json.h"
#include "ddblog/local_cloud.h"

namespace ddblog {
namespace {

const json::string* numberOf(const json::object& attribute) {
  const json::value* number = attribute.size() == 1 ? attribute.if_contains("N") : nullptr;
  return number ? number->if_string() : nullptr;
}

// Attributes, in any order of members; numbers by their value.
bool isSame(const json::value& a, const json::value& b) {
  if (a.is_array() && b.is_array()) {
    const json::array &one = a.get_array(), &other = b.get_array();
    for (std::size_t i = 0; i < std::min(one.size(), other.size()); ++i) {
      if (!isSame(one[i], other[i])) return false;
    }
    return one.size() == other.size();
  }
  if (!a.is_object() || !b.is_object()) return a == b;
  const json::object &one = a.get_object(), &other = b.get_object();
  const json::string *number = numberOf(one), *other_number = numberOf(other);
  if (number && other_number) return Decimal::parse(*number) == Decimal::parse(*other_number);
  for (const auto& [name, value] : one) {
    const json::value* found = other.if_contains(name);
    if (!found || !isSame(value, *found)) return false;
  }
  return one.size() == other.size();
}

}  // namespace

std::string differences(const std::optional<Payload>& item, std::string_view expected) {
  if (!item) return "it does not exist";
  std::string lines;
  const json::object members = parseJson(attributesFromJson(expected)).as_object();
  for (const auto& [name, value] : members) {
    const std::optional<std::string> found = item->json(name);
    if (found && isSame(value, parseJson(attributeFromJson(*found, kAttributeDepth)))) continue;
    lines += (lines.empty() ? "" : "\n") + std::string(name) + ": " + found.value_or("absent") + ", expected " +
             jsonFromAttribute(value);
  }
  return lines;
}

}  // namespace ddblog
