#include "services/dynamodb/tables/policy_document.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "base/api_error.h"
#include "base/json.h"
#include "base/json_fields.h"
#include "services/dynamodb/core/limits.h"
#include "services/dynamodb/core/refusals.h"

namespace ddblog::dynamodb {
namespace {

ApiError invalidDocument(const std::string& what) { return invalidParameters("Invalid policy document: " + what); }

// "(line,column)" just past the end of the text.
std::string endOf(std::string_view document) {
  const auto lines = std::count(document.begin(), document.end(), '\n');
  const std::size_t newline = document.rfind('\n');
  const std::size_t column = newline == std::string_view::npos ? document.size() : document.size() - newline - 1;
  return "(" + std::to_string(lines + 1) + "," + std::to_string(column + 1) + ")";
}

void checkStatement(const json::value& value) {
  const json::object* statement = value.if_object();
  if (!statement) throw invalidDocument("This policy contains invalid Json");
  // AWS's messages for Effect and Resource are known; we assume the same form for the other two.
  constexpr std::string_view kRequired[] = {"Effect", "Principal", "Action", "Resource"};
  for (const std::string_view field : kRequired) {
    const std::string opposite = "Not" + std::string(field);
    if (memberOf(*statement, field)) continue;
    if (field != "Effect" && statement->contains(opposite)) continue;
    throw invalidDocument("Missing required field " + std::string(field));
  }
}

}  // namespace

void checkPolicy(std::string_view document) {
  if (document.size() > limits::kPolicyBytes) {
    throw invalidParameters("Maximum policy size of " + std::to_string(limits::kPolicyBytes) + " bytes exceeded");
  }
  json::value parsed;
  try {
    parsed = parseJson(document);
  } catch (const std::invalid_argument&) {
    throw invalidDocument("This policy contains invalid Json");
  }
  if (parsed.is_array()) throw invalidDocument("This policy contains invalid Json");
  const json::object* policy = parsed.if_object();
  if (!policy) throw invalidDocument("This text appears not to be a policy");
  const json::value* statements = policy->if_contains("Statement");
  if (!statements) throw invalidDocument("Syntax error at position " + endOf(document));
  const json::array* list = statements->if_array();
  if (!list) return checkStatement(*statements);
  if (list->empty()) throw invalidDocument("Could not parse the policy: Statement is empty!");
  std::set<std::string> ids;
  for (const json::value& statement : *list) {
    checkStatement(statement);
    const json::value* id = statement.get_object().if_contains("Sid");
    if (id && id->is_string() && !ids.insert(std::string(id->get_string())).second) {
      throw invalidDocument("The Statement Ids in the policy are not unique");
    }
  }
}

std::string compactPolicy(std::string_view document) {
  std::string compact;
  bool in_string = false;
  bool escaped = false;
  for (const char letter : document) {
    const bool is_space = letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r';
    if (is_space && !in_string) continue;
    if (letter == '"' && !escaped) in_string = !in_string;
    escaped = in_string && letter == '\\' && !escaped;
    compact.push_back(letter);
  }
  return compact;
}

}  // namespace ddblog::dynamodb
