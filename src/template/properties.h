// The properties of a template's resource, with intrinsic functions resolved, read by name and
// type.
//
// Thread safety: an immutable value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "template/yaml.h"

namespace ddblog::templates {

// The readers throw TemplateError if the property has another type. A null property counts as
// absent.
class Properties {
 public:
  explicit Properties(json::object object) : object_(std::move(object)) {}

  const json::object& object() const { return object_; }
  std::optional<std::string> text(std::string_view name) const;  // also of a number or a boolean
  std::optional<std::int64_t> integer(std::string_view name) const;
  const json::object* map(std::string_view name) const;
  const json::array* list(std::string_view name) const;

 private:
  const json::value* find(std::string_view name) const;

  json::object object_;
};

}  // namespace ddblog::templates
