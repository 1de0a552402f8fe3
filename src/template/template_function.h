// A template's function and the events that SAM lets it declare: their part of reading a template.
//
// Thread safety: value types and free functions.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "template/app.h"
#include "template/yaml.h"

namespace ddblog::templates {

// The properties of a resource, functions resolved, read by name and type. Each throws TemplateError for another type.
class Properties {
 public:
  explicit Properties(json::object object) : object_(std::move(object)) {}

  const json::object& object() const { return object_; }
  std::optional<std::string> text(std::string_view name) const;  // numbers and booleans as text too
  std::optional<std::int64_t> integer(std::string_view name) const;
  const json::object* map(std::string_view name) const;
  const json::array* list(std::string_view name) const;

 private:
  const json::value* find(std::string_view name) const;
  json::object object_;
};

struct FunctionPlace {
  std::string logical_id;
  std::string name;                 // the function's
  std::string arn;                  // the function's
  std::filesystem::path directory;  // the template's: CodeUri is relative to it
};

// SAM's Globals under a function's own properties: maps are merged, lists put together, the rest is the function's own.
json::object mergeGlobals(const json::object& globals, const json::object& own);

lambda::Function readTemplateFunction(const FunctionPlace& place, const json::object& resource,
                                      const Properties& properties);
void readInvokeConfig(const Properties& config, lambda::AsynchronousSettings& settings);
// The rules and event source mappings behind SAM's Events.
void addFunctionEvents(const FunctionPlace& place, const Properties& properties, App& app);

}  // namespace ddblog::templates
