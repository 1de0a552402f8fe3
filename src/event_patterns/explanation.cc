#include "event_patterns/explanation.h"

#include <map>
#include <utility>

#include "base/json_writer.h"
#include "event_patterns/json_text.h"
#include "event_patterns/pattern.h"

namespace ddblog::event_patterns {
namespace {

constexpr std::size_t kMostValues = 3;  // shown of one field

using Wanted = std::map<std::string, std::string>;  // by path: the conditions

// The pattern's alternatives, as Pattern::compile makes them. It has accepted the pattern.
void readObject(JsonText::Value object, const std::string& path, std::vector<Wanted>& alternatives) {
  for (auto member = object.child(); member; member = member->next()) {
    if (member->name() == "$or") {
      std::vector<Wanted> all;
      for (auto branch = member->child(); branch; branch = branch->next()) {
        std::vector<Wanted> of_branch = alternatives;
        readObject(*branch, path, of_branch);
        all.insert(all.end(), of_branch.begin(), of_branch.end());
      }
      alternatives = std::move(all);
      continue;
    }
    const std::string name(member->name());
    const std::string field = path.empty() ? name : path + "." + name;
    if (member->isObject()) {
      readObject(*member, field, alternatives);
    } else {
      for (Wanted& wanted : alternatives) wanted[field] = member->raw();
    }
  }
}

// A path's steps are joined by dots, so its name alone is the same field.
bool fits(const std::string& path, const std::string& conditions, const EventFields& event) {
  std::string pattern;
  JsonWriter(pattern).beginObject().key(path).raw(conditions).endObject();
  return Pattern::compile(pattern).matches(event);
}

std::string valuesAt(const std::string& path, const EventFields& event) {
  std::string values;
  std::size_t count = 0;
  for (const EventField& field : event.at(path)) {
    if (++count > kMostValues) return values + ", …";
    if (!values.empty()) values += ", ";
    if (field.value.isString()) {
      appendJsonString(values, field.value.text);
    } else {
      values += field.value.text;
    }
  }
  return values;
}

Explanation explainAlternative(const Wanted& wanted, const EventFields& event) {
  Explanation explanation;
  for (const auto& [path, conditions] : wanted) {
    if (fits(path, conditions, event)) {
      ++explanation.held;
    } else {
      explanation.misses.push_back({path, valuesAt(path, event), conditions});
    }
  }
  if (explanation.misses.empty()) explanation.misses.push_back({});
  return explanation;
}

}  // namespace

Explanation explain(std::string_view pattern, const EventFields& event) {
  if (Pattern::compile(pattern).matches(event)) return {true, 0, {}};
  const JsonText text(pattern);
  std::vector<Wanted> alternatives(1);
  readObject(text.root(), "", alternatives);
  Explanation nearest;
  for (const Wanted& wanted : alternatives) {
    Explanation explanation = explainAlternative(wanted, event);
    if (nearest.misses.empty() || explanation.misses.size() < nearest.misses.size()) nearest = std::move(explanation);
  }
  return nearest;
}

}  // namespace ddblog::event_patterns
