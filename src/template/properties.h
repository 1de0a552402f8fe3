// The properties of a template's resource, read by name and type. Each is evaluated when it is read,
// so what nobody reads need not be valid.
//
// Thread safety: none; used while a template is read.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/json.h"
#include "template/intrinsics.h"
#include "template/node.h"
#include "template/template_error.h"

namespace ddblog::templates {

// The readers throw TemplateError, in CloudFormation's words, if the property has another type. A
// null property counts as absent. Pointers are valid as long as the object.
class Properties {
 public:
  explicit Properties(Node evaluated) : node_(std::move(evaluated)) {}
  // `intrinsics` must outlive this.
  Properties(const Node& declared, Intrinsics& intrinsics);

  bool has(std::string_view name) const { return find(name) != nullptr; }
  const Node* find(std::string_view name) const;  // evaluated; nullptr: absent
  // Whether the property's value stands in for one that nobody gave: then it is no number, no boolean, no list
  // and no map. A note says that it is left out.
  bool isLeftOut(std::string_view name) const;
  // A text, also of a number or a boolean: as it is written.
  std::optional<std::string> text(std::string_view name) const;
  // std::nullopt also if it is left out.
  std::optional<std::int64_t> integer(std::string_view name) const;
  std::optional<bool> boolean(std::string_view name) const;
  // Absent, or left out: one without properties.
  Properties section(std::string_view name) const;
  const json::object* map(std::string_view name) const;
  const json::array* list(std::string_view name) const;
  // A structure as JSON text, also if it is given as such.
  std::optional<std::string> jsonText(std::string_view name) const;
  // The members of a request of an API: those of these properties that are there, with the types that
  // the API expects (typedJson).
  template <class Names>
  json::object request(const Names& names) const {
    json::object members;
    for (const char* name : names) addTo(members, name);
    return members;
  }

  const Node& node() const { return node_; }  // not evaluated, unless it was so from the beginning
  Place place() const { return node_.place; }
  Place placeOf(std::string_view name) const;

 private:
  const json::value* json(std::string_view name) const;
  void addTo(json::object& members, const char* name) const;

  Node node_;
  Intrinsics* intrinsics_ = nullptr;  // nullptr: unknown, and all is evaluated
  bool is_evaluated_ = true;
  mutable std::map<std::string, std::optional<Node>, std::less<>> evaluated_;
  mutable std::set<std::string, std::less<>> uses_stand_ins_;  // of these
  mutable std::map<std::string, json::value, std::less<>> json_;
};

// An evaluated value as an API expects it: members with the names of known numbers and booleans are
// such, whatever way they are written ("6", !Ref of a parameter); all other scalars are strings.
// `intrinsics`: leaves out numbers, booleans, and a table's lists and maps, if a text stands in for what nobody
// gave, with notes; nullptr: they are errors.
json::value typedJson(std::string_view name, const Node& value, Intrinsics* intrinsics = nullptr);

// The integer in a scalar, which may be quoted ("6", not "010"). 30.0 is 30, but not the text "30.0". Throws
// TemplateError.
// Source: https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1735
std::int64_t integerOf(std::string_view name, const Node& value);

}  // namespace ddblog::templates
