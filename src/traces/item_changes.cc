#include "traces/item_changes.h"

#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "item/stored_item.h"

namespace ddblog::traces {

namespace {

constexpr std::size_t kMostChanges = 50;      // ours
constexpr std::size_t kMostValue = 1u << 10;  // ours: bytes

json::object itemOf(std::string_view stored) {
  if (stored.empty()) return {};
  try {
    return parseJson(storedItemJson(stored)).as_object();
  } catch (const std::exception&) {
    return {};
  }
}

void setValue(json::object& change, const std::string& name, const json::value* value) {
  if (!value) return;
  const std::size_t bytes = json::serialize(*value).size();
  if (bytes > kMostValue) {
    change[name + "Bytes"] = bytes;
  } else {
    change[name] = *value;
  }
}

}  // namespace

json::object changesOf(const rpc::Span& write) {
  json::object key = itemOf(write.key);
  const json::object before = itemOf(write.before);
  const json::object after = itemOf(write.after);
  std::set<std::string> names;
  for (const json::object* image : {&before, &after}) {
    for (const auto& [name, value] : *image) {
      if (!key.contains(name)) names.emplace(name);
    }
  }
  json::array changes;
  for (const std::string& name : names) {
    const json::value* old_value = before.if_contains(name);
    const json::value* new_value = after.if_contains(name);
    if (old_value && new_value && *old_value == *new_value) continue;
    if (changes.size() == kMostChanges) break;
    json::object change{{"attribute", name}};
    setValue(change, "before", old_value);
    setValue(change, "after", new_value);
    changes.push_back(std::move(change));
  }
  const char* action = write.after.empty() ? "remove" : write.before.empty() ? "put" : "change";
  json::object node{{"table", write.subject}, {"key", std::move(key)}, {"changes", std::move(changes)}};
  node["action"] = write.is_partial ? "change" : action;
  if (write.is_partial) node["partial"] = true;
  return node;
}

}  // namespace ddblog::traces
