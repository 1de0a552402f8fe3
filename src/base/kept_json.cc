#include "base/kept_json.h"

#include <stdexcept>

namespace ddblog {

json::value withoutNulls(const json::value& value) {
  if (!value.is_object()) return json::value(value, json::storage_ptr());
  json::object kept;
  for (const auto& member : value.get_object()) {
    if (!member.value().is_null()) kept[member.key()] = withoutNulls(member.value());
  }
  return kept;
}

bool isReadableAgain(const json::value& value) {
  try {
    parseJson(json::serialize(value));
    return true;
  } catch (const std::invalid_argument&) {
    return false;
  }
}

}  // namespace ddblog
