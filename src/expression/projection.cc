#include "expression/projection.h"

#include <algorithm>
#include <map>

#include "expression/parser.h"

namespace ddblog {

namespace {

bool isNoKeyword(std::string_view) { return false; }

// The selected parts below one point of an item: everything, or some members or elements.
struct Chosen {
  const AttributeValue* whole = nullptr;
  std::map<std::string_view, Chosen> members;
  std::map<std::size_t, Chosen> elements;
};

AttributeValue build(const Chosen& chosen) {
  if (chosen.whole) return *chosen.whole;
  if (!chosen.elements.empty()) {
    AttributeValue::List list;
    for (const auto& [index, element] : chosen.elements) list.push_back(build(element));
    return AttributeValue(std::move(list));
  }
  AttributeValue::Map map;
  for (const auto& [name, member] : chosen.members) map.emplace_hint(map.end(), std::string(name), build(member));
  return AttributeValue(std::move(map));
}

}  // namespace

Projection Projection::ofAttributes(const std::vector<std::string>& names) {
  Projection projection;
  for (const std::string& name : names) projection.paths.push_back({name, {}});
  return projection;
}

Projection parseProjection(std::string_view text, Substitutions& substitutions) {
  ExpressionParser in(text, ExpressionKind::kProjection, substitutions);
  Projection projection;
  do {
    projection.paths.push_back(in.path(isNoKeyword));
  } while (in.takeIf(","));
  if (!in.atEnd()) in.refuseToken();
  in.refuseProblems({Problem::kReserved, Problem::kName});
  for (std::size_t i = 1; i < projection.paths.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) in.noteRelation(projection.paths[j], projection.paths[i]);
  }
  in.refuseProblems({Problem::kOverlap, Problem::kConflict});
  return projection;
}

Item project(const Projection& projection, const Item& item) {
  Item result;
  if (!projection.names.empty()) {
    for (std::size_t i = 0; i < projection.paths.size(); ++i) {
      if (const AttributeValue* value = find(item, projection.paths[i])) result.emplace(projection.names[i], *value);
    }
    return result;
  }
  std::map<std::string_view, Chosen> chosen;
  for (const DocumentPath& path : projection.paths) {
    const AttributeValue* value = find(item, path);
    if (!value) continue;
    if (path.steps.empty()) {
      result.emplace(path.attribute, *value);
      continue;
    }
    Chosen* place = &chosen[path.attribute];
    for (const PathStep& step : path.steps) {
      const std::string* name = std::get_if<std::string>(&step);
      place = name ? &place->members[*name] : &place->elements[std::get<std::size_t>(step)];
    }
    place->whole = value;
  }
  for (const auto& [name, parts] : chosen) result.emplace(std::string(name), build(parts));
  return result;
}

std::vector<std::string> attributesOf(const Projection& projection) {
  std::vector<std::string> names;
  for (const DocumentPath& path : projection.paths) {
    if (std::find(names.begin(), names.end(), path.attribute) == names.end()) names.push_back(path.attribute);
  }
  return names;
}

}  // namespace ddblog
