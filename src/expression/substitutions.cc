#include "expression/substitutions.h"

#include <algorithm>
#include <vector>

#include "base/api_error.h"

namespace ddblog {

namespace {

constexpr std::string_view kNames = "ExpressionAttributeNames";
constexpr std::string_view kValues = "ExpressionAttributeValues";

std::string_view textOf(json::string_view text) { return {text.data(), text.size()}; }

std::string join(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text += part;
  return text;
}

bool isKey(std::string_view key, char mark) {
  const auto belongs = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return key.size() > 1 && key[0] == mark && std::all_of(key.begin() + 1, key.end(), belongs);
}

void checkKeys(std::string_view parameter, const json::object& object, char mark) {
  if (object.empty()) throw validationError(join({parameter, " must not be empty"}));
  for (const auto& [key, value] : object) {
    if (!isKey(textOf(key), mark)) {
      throw validationError(join({parameter, " contains invalid key: Syntax error; key: \"", textOf(key), "\""}));
    }
  }
}

std::string readName(std::string_view key, const json::value& wire) {
  if (const json::string* name = wire.if_string(); name && !name->empty()) {
    checkAttributeName(textOf(*name));
    return std::string(textOf(*name));
  }
  if (wire.is_array()) throw serializationError("Unrecognized collection type class java.lang.String");
  if (wire.is_object()) throw serializationError("Start of structure or map found where not expected");
  if (!wire.is_string() && !wire.is_null()) {
    throw serializationError(join({jsonTokenName(wire), " cannot be converted to String"}));
  }
  throw validationError(join({kNames, " contains invalid value: Empty attribute name for key ", key}));
}

// The legacy validation counts the levels from the item. A value alone is not in an item yet, so it
// may have one more (recorded from AWS).
constexpr int kLegacyLevels = limits::kItemDepth + 1;

AttributeValue readValue(std::string_view key, const json::value& wire, const Substitutions::Use& use) {
  try {
    return readAttributeValue(wire, use.style, use.style == MessageStyle::kLegacy ? kLegacyLevels : limits::kItemDepth);
  } catch (const ApiError& error) {
    if (error.type() != "ValidationException") throw;
    const bool malformed = dynamic_cast<const MalformedValue*>(&error) != nullptr;
    const bool several = dynamic_cast<const SeveralTypes*>(&error) != nullptr;
    if (malformed && !use.names_malformed && !(several && use.names_several)) throw;
    if (!malformed && use.style == MessageStyle::kCurrent) throw;
    std::string named = join({kValues, " contains invalid value: ", error.message(), " for key ", key});
    if (malformed) throw MalformedValue(std::move(named));
    throw validationError(std::move(named));
  }
}

}  // namespace

std::string_view expressionName(ExpressionKind kind) {
  switch (kind) {
    case ExpressionKind::kCondition:
      return "ConditionExpression";
    case ExpressionKind::kFilter:
      return "FilterExpression";
    case ExpressionKind::kKeyCondition:
      return "KeyConditionExpression";
    case ExpressionKind::kUpdate:
      return "UpdateExpression";
    case ExpressionKind::kProjection:
      return "ProjectionExpression";
  }
  return "";
}

Substitutions::Substitutions(const json::object* names, const json::object* values, const Use& use)
    : names_sizes_(use.names_sizes) {
  try {
    read(names, values, use);
  } catch (const ApiError& error) {
    if (values && error.type() == "ValidationException") checkJsonTypes(*values);
    throw;
  }
}

void Substitutions::read(const json::object* names, const json::object* values, const Use& use) {
  if (names && !use.has_expression) {
    throw validationError(join({kNames, " can only be specified when using expressions"}));
  }
  if (values && !use.values_need.empty()) {
    throw validationError(join({kValues, " can only be specified when using expressions: ", use.values_need}));
  }
  if (names) {
    checkKeys(kNames, *names, '#');
    for (const auto& [key, wire] : *names) {
      names_.insert_or_assign(std::string(textOf(key)), Entry<std::string>{readName(textOf(key), wire), names_.size()});
    }
  }
  if (values) {
    checkKeys(kValues, *values, ':');
    for (const auto& [key, wire] : *values) {
      auto value = std::make_shared<const AttributeValue>(readValue(textOf(key), wire, use));
      values_.insert_or_assign(std::string(textOf(key)), Entry<Value>{std::move(value), values_.size()});
    }
  }
}

const std::string* Substitutions::name(std::string_view key) {
  const auto found = names_.find(key);
  if (found == names_.end()) return nullptr;
  found->second.used = true;
  return &found->second.stands_for;
}

std::shared_ptr<const AttributeValue> Substitutions::value(std::string_view key) {
  const auto found = values_.find(key);
  if (found == values_.end()) return nullptr;
  found->second.used = true;
  return found->second.stands_for;
}

template <class Entries>
void Substitutions::refuseUnused(std::string_view parameter, const Entries& entries) {
  std::vector<std::pair<std::size_t, std::string_view>> unused;
  for (const auto& [key, entry] : entries) {
    if (!entry.used) unused.emplace_back(entry.position, key);
  }
  if (unused.empty()) return;
  std::sort(unused.begin(), unused.end());
  std::string keys;
  for (const auto& [position, key] : unused) keys.append(keys.empty() ? "" : ", ").append(key);
  throw validationError(join({"Value provided in ", parameter, " unused in expressions: keys: {", keys, "}"}));
}

void Substitutions::refuseUnused() const {
  refuseUnused(kNames, names_);
  refuseUnused(kValues, values_);
}

}  // namespace ddblog
