#include "template/properties.h"

#include "base/json_fields.h"

namespace ddblog::templates {

const json::value* Properties::find(std::string_view name) const {
  const json::value* found = memberOf(object_, name);
  return found && found->is_null() ? nullptr : found;
}

std::optional<std::string> Properties::text(std::string_view name) const {
  const json::value* found = find(name);
  if (!found) return std::nullopt;
  if (found->is_string()) return std::string(found->get_string());
  if (found->is_number() || found->is_bool()) return json::serialize(*found);
  throw TemplateError(std::string(name) + " must be a string");
}

std::optional<std::int64_t> Properties::integer(std::string_view name) const {
  const json::value* found = find(name);
  if (!found) return std::nullopt;
  if (found->is_int64()) return found->get_int64();
  // The values of parameters are strings.
  if (found->is_string() && !found->get_string().empty() && found->get_string().size() < 10 &&
      std::string_view(found->get_string()).find_first_not_of("0123456789") == std::string_view::npos) {
    return std::stoll(std::string(found->get_string()));
  }
  throw TemplateError(std::string(name) + " must be an integer");
}

const json::object* Properties::map(std::string_view name) const {
  const json::value* found = find(name);
  if (!found) return nullptr;
  if (!found->is_object()) throw TemplateError(std::string(name) + " must be a map");
  return &found->get_object();
}

const json::array* Properties::list(std::string_view name) const {
  const json::value* found = find(name);
  if (!found) return nullptr;
  if (!found->is_array()) throw TemplateError(std::string(name) + " must be a list");
  return &found->get_array();
}

}  // namespace ddblog::templates
