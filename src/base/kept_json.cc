#include "base/kept_json.h"

namespace ddblog {

json::value withoutNulls(const json::value& value) {
  if (!value.is_object()) return json::value(value, json::storage_ptr());
  json::object kept;
  for (const auto& member : value.get_object()) {
    if (!member.value().is_null()) kept[member.key()] = withoutNulls(member.value());
  }
  return kept;
}

}  // namespace ddblog
