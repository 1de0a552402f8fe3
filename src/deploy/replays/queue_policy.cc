#include "deploy/replays/queue_policy.h"

#include <algorithm>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/json_fields.h"
#include "base/text.h"

namespace ddblog::replays {
namespace {

constexpr const char* kEvents = "events.amazonaws.com";
constexpr const char* kSend = "sqs:SendMessage";

// A string or a list of strings.
std::vector<std::string> textsOf(const json::value* value) {
  std::vector<std::string> texts;
  if (value && value->is_string()) texts.emplace_back(value->get_string());
  if (!value || !value->is_array()) return texts;
  for (const json::value& one : value->get_array()) {
    if (one.is_string()) texts.emplace_back(one.get_string());
  }
  return texts;
}

bool contains(const std::vector<std::string>& texts, const std::string& text) {
  return std::ranges::find(texts, text) != texts.end();
}

bool isForEvents(const json::object& statement) {
  const json::value* principal = memberOf(statement, "Principal");
  if (contains(textsOf(principal), "*")) return true;
  if (!principal || !principal->is_object()) return false;
  return contains(textsOf(memberOf(principal->get_object(), "Service")), kEvents);
}

bool isForSending(const json::object& statement) {
  return std::ranges::any_of(textsOf(memberOf(statement, "Action")), [](const std::string& action) {
    const std::string name = lowerCase(action);
    return name == lowerCase(kSend) || name == "sqs:*" || name == "*";
  });
}

bool isForQueue(const json::object& statement, const std::string& queue_arn) {
  const auto resources = textsOf(memberOf(statement, "Resource"));
  return contains(resources, queue_arn) || contains(resources, "*");
}

// Whether the condition's operator `name` takes wildcards; std::nullopt: it is none that is understood here.
std::optional<bool> takesWildcards(const std::string& name) {
  if (name == "StringEquals" || name == "Bool") return false;
  if (name == "ArnEquals" || name == "ArnLike" || name == "StringLike") return true;
  return std::nullopt;
}

// What EventBridge sends for a key of conditions; std::nullopt: nobody here knows.
std::optional<std::string> valueOf(std::string_view key, const std::string& rule_arn) {
  const std::string name = lowerCase(key);
  if (name == "aws:sourcearn") return rule_arn;
  if (name == "aws:securetransport") return "true";
  if (name != "aws:sourceaccount") return std::nullopt;
  std::istringstream parts(rule_arn);  // arn:aws:events:REGION:ACCOUNT:rule/NAME
  std::string part;
  for (int i = 0; i < 5; ++i) std::getline(parts, part, ':');
  return part;
}

// The condition's fault.
std::string conditionFault(const json::object& statement, const std::string& rule_arn) {
  const json::object* condition = objectOf(statement, "Condition");
  if (!condition) return {};
  for (const auto& [operation, keys] : *condition) {
    const std::string name(operation);
    for (const auto& [key, value] : keys.is_object() ? keys.get_object() : json::object()) {
      const auto sent = valueOf(key, rule_arn);
      if (!sent) return "its condition asks for " + std::string(key);
      const auto allowed = textsOf(&value);
      const auto wildcards = takesWildcards(name);
      if (!wildcards) return "its condition " + name + " is not one that is understood here";
      const auto matches = [&](const std::string& one) { return *wildcards ? matchesGlob(one, *sent) : one == *sent; };
      if (std::ranges::any_of(allowed, matches)) continue;
      return "its condition " + name + " allows " + std::string(key) + " " + (allowed.empty() ? "" : allowed.front()) +
             ", and not " + (*sent == rule_arn ? "the rule " : "") + *sent;
    }
  }
  return {};
}

// Whether it is for plain HTTP only. EventBridge does not use that.
bool isForPlainHttp(const json::object& statement) {
  const json::object* condition = objectOf(statement, "Condition");
  const json::object* operation = condition ? objectOf(*condition, "Bool") : nullptr;
  if (!operation) return false;
  return std::ranges::any_of(*operation, [](const auto& one) {
    const auto texts = textsOf(&one.value());
    const bool is_false =
        texts == std::vector<std::string>{"false"} || (one.value().is_bool() && !one.value().get_bool());
    return lowerCase(one.key()) == "aws:securetransport" && is_false;
  });
}

bool denies(const json::object& statement) {
  return textOf(statement, "Effect") == "Deny" && !isForPlainHttp(statement);
}

std::string statementFault(const json::object& statement, const std::string& queue_arn, const std::string& rule_arn) {
  if (!isForEvents(statement)) return std::string("its principal is not the service ") + kEvents;
  if (!isForSending(statement)) return std::string("its action is not ") + kSend;
  if (!isForQueue(statement, queue_arn)) return "its resource is not the queue " + queue_arn;
  return conditionFault(statement, rule_arn);
}

std::vector<json::object> statementsOf(const std::string& policy) {
  const json::value tree = parseJson(policy);
  const json::value* value = tree.is_object() ? memberOf(tree.get_object(), "Statement") : nullptr;
  std::vector<json::object> statements;
  if (value && value->is_object()) statements.push_back(value->get_object());
  if (!value || !value->is_array()) return statements;
  for (const json::value& one : value->get_array()) {
    if (one.is_object()) statements.push_back(one.get_object());
  }
  return statements;
}

}  // namespace

std::string policyFor(const std::string& queue_arn, const std::string& rule_arn) {
  const json::object statement{{"Effect", "Allow"},
                               {"Principal", {{"Service", kEvents}}},
                               {"Action", kSend},
                               {"Resource", queue_arn},
                               {"Condition", {{"ArnEquals", {{"aws:SourceArn", rule_arn}}}}}};
  json::array statements;
  statements.push_back(statement);
  return json::serialize(json::object{{"Version", "2012-10-17"}, {"Statement", std::move(statements)}});
}

std::string faultOf(const std::string& policy, const std::string& queue_arn, const std::string& rule_arn) {
  if (policy.empty()) return "it has no policy";
  std::vector<json::object> statements;
  try {
    statements = statementsOf(policy);
  } catch (const std::invalid_argument&) {
    return "its policy is not JSON";
  }
  if (std::ranges::any_of(statements, denies)) {
    return "a statement of its policy denies";
  }
  std::string fault = "its policy has no statement that allows";
  for (const json::object& statement : statements) {
    if (textOf(statement, "Effect") != "Allow") continue;
    fault = statementFault(statement, queue_arn, rule_arn);
    if (fault.empty()) return {};
  }
  return fault;
}

}  // namespace ddblog::replays
