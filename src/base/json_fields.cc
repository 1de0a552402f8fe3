#include "base/json_fields.h"

namespace ddblog {

const json::value* memberOf(const json::object& object, std::string_view name) {
  return object.if_contains(json::string_view(name.data(), name.size()));
}

const json::object* objectOf(const json::object& object, std::string_view name) {
  const json::value* found = memberOf(object, name);
  return found ? found->if_object() : nullptr;
}

std::string textOf(const json::object& object, std::string_view name) {
  const json::value* found = memberOf(object, name);
  return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

}  // namespace ddblog
