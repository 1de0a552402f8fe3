#include "deploy/replays/queue_policy.h"

#include <algorithm>
#include <stdexcept>
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

// The condition's fault.
std::string conditionFault(const json::object& statement, const std::string& rule_arn) {
  const json::object* condition = objectOf(statement, "Condition");
  if (!condition) return {};
  for (const auto& [name, keys] : *condition) {
    for (const auto& [key, value] : keys.is_object() ? keys.get_object() : json::object()) {
      if (lowerCase(key) != "aws:sourcearn") return "its condition asks for " + std::string(key);
      const auto arns = textsOf(&value);
      if (contains(arns, rule_arn)) continue;
      return "its condition " + std::string(name) + " allows aws:SourceArn " + (arns.empty() ? "" : arns.front()) +
             ", and not the rule " + rule_arn;
    }
  }
  return {};
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
  if (std::ranges::any_of(statements, [](const json::object& one) { return textOf(one, "Effect") == "Deny"; })) {
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
