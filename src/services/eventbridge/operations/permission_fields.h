// A bus's policy, for the operations on permissions. It is the text "Policy" among the bus's settings.
// Thread safety: stateless functions.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/json_fields.h"
#include "rpc/request_reader.h"
#include "services/eventbridge/bus/resources.h"

namespace ddblog::eventbridge {

inline constexpr const char* kPolicy = "Policy";

inline rpc::StringRule permissionBusRule() { return {.min = 1, .max = 256, .pattern = R"([\.\-_A-Za-z0-9]+)"}; }
inline rpc::StringRule statementIdRule() { return {.min = 1, .max = 64, .pattern = "[a-zA-Z0-9-_]+"}; }

// The bus's policy, or an empty one.
inline json::object policyOf(const Bus& bus) {
  const std::string text = textOf(bus.settings, kPolicy);
  if (!text.empty()) return parseJson(text).as_object();
  return {{"Version", "2012-10-17"}, {"Statement", json::array()}};
}

// A list, also of a policy with a single statement.
inline json::array& statementsOf(json::object& policy) {
  json::value& statements = policy["Statement"];
  if (statements.is_null()) statements = json::array();
  if (!statements.is_array()) statements = json::array{std::move(statements)};
  return statements.get_array();
}

// Returns whether there was a statement with this id.
inline bool eraseStatement(json::array& statements, std::string_view id) {
  for (auto statement = statements.begin(); statement != statements.end(); ++statement) {
    if (!statement->is_object() || textOf(statement->get_object(), "Sid") != id) continue;
    statements.erase(statement);
    return true;
  }
  return false;
}

}  // namespace ddblog::eventbridge
