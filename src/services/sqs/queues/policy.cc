#include "services/sqs/queues/policy.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <stdexcept>
#include <vector>

#include "base/json.h"
#include "base/json_fields.h"
#include "base/text.h"
#include "services/sqs/queues/limits.h"

namespace ddblog::sqs {

namespace {

using std::string_view;

// ARNs are compared part by part; the sixth part may contain colons.
bool matchesArn(string_view pattern, string_view arn) {
  for (int part = 0; part < 5; ++part) {
    const std::size_t pattern_end = pattern.find(':');
    const std::size_t arn_end = arn.find(':');
    if (pattern_end == string_view::npos || arn_end == string_view::npos) break;
    if (!matchesGlob(pattern.substr(0, pattern_end), arn.substr(0, arn_end))) return false;
    pattern.remove_prefix(pattern_end + 1);
    arn.remove_prefix(arn_end + 1);
  }
  return matchesGlob(pattern, arn);
}

// A text or a list of texts.
std::vector<std::string> textsOf(const json::value& value) {
  std::vector<std::string> texts;
  const auto add = [&](const json::value& one) {
    if (one.is_string()) texts.emplace_back(one.as_string());
    if (one.is_bool()) texts.emplace_back(one.as_bool() ? "true" : "false");
    if (one.is_int64()) texts.push_back(std::to_string(one.as_int64()));
  };
  if (value.is_array()) {
    for (const json::value& one : value.as_array()) add(one);
  } else {
    add(value);
  }
  return texts;
}

template <class Matches>
bool anyOf(const json::value& value, Matches matches) {
  const std::vector<std::string> texts = textsOf(value);
  return std::any_of(texts.begin(), texts.end(), matches);
}

bool isPrincipal(const json::value& principal, const PolicyRequest& request) {
  if (principal.is_string()) return principal.as_string() == "*";
  if (!principal.is_object()) return false;
  const json::object& kinds = principal.as_object();
  if (const json::value* services = memberOf(kinds, "Service"); services && !request.service.empty()) {
    if (anyOf(*services, [&](const std::string& one) { return one == "*" || one == request.service; })) return true;
  }
  const json::value* accounts = memberOf(kinds, "AWS");
  return accounts && anyOf(*accounts, [&](const std::string& one) {
           if (one == "*") return true;
           return request.service.empty() &&
                  (one == request.account_id || one == "arn:aws:iam::" + request.account_id + ":root");
         });
}

std::optional<std::string> keyOf(const PolicyRequest& request, string_view key) {
  const std::string name = lowerCase(key);
  if (name == "aws:sourcearn" && !request.source_arn.empty()) return request.source_arn;
  if (name == "aws:sourceaccount" && !request.source_arn.empty()) return request.account_id;
  if (name == "aws:principalservicename" && !request.service.empty()) return request.service;
  if (name == "aws:principalisawsservice") return request.service.empty() ? "false" : "true";
  if (name == "aws:securetransport") return "true";
  return std::nullopt;
}

struct Operator {
  string_view name;
  bool (*matches)(string_view pattern, string_view text);
  bool is_negated;
};

bool equals(string_view pattern, string_view text) { return pattern == text; }
bool equalsIgnoringCase(string_view pattern, string_view text) { return lowerCase(pattern) == lowerCase(text); }

constexpr std::array kOperators = {
    Operator{"StringEquals", equals, false},
    Operator{"StringNotEquals", equals, true},
    Operator{"StringEqualsIgnoreCase", equalsIgnoringCase, false},
    Operator{"StringNotEqualsIgnoreCase", equalsIgnoringCase, true},
    Operator{"StringLike", matchesGlob, false},
    Operator{"StringNotLike", matchesGlob, true},
    Operator{"ArnEquals", matchesArn, false},
    Operator{"ArnNotEquals", matchesArn, true},
    Operator{"ArnLike", matchesArn, false},
    Operator{"ArnNotLike", matchesArn, true},
    Operator{"Bool", equalsIgnoringCase, false},
};

// One operator of a statement's conditions, for all its keys.
bool holds(string_view operator_name, const json::object& keys, const PolicyRequest& request) {
  const bool for_all = operator_name.starts_with("ForAllValues:");
  if (for_all || operator_name.starts_with("ForAnyValue:")) operator_name.remove_prefix(operator_name.find(':') + 1);
  const bool if_exists = operator_name.ends_with("IfExists");
  if (if_exists) operator_name.remove_suffix(8);
  const auto* found = std::find_if(kOperators.begin(), kOperators.end(),
                                   [&](const Operator& one) { return one.name == operator_name; });
  return std::all_of(keys.begin(), keys.end(), [&](const auto& key) {
    const auto value = keyOf(request, string_view(key.key().data(), key.key().size()));
    if (operator_name == "Null") {
      return anyOf(key.value(), [&](const std::string& one) { return (one == "true") == !value.has_value(); });
    }
    if (found == kOperators.end()) return !value && if_exists;  // numbers, dates, addresses: no delivery has any
    if (!value) return found->is_negated || if_exists || for_all;
    const bool any = anyOf(key.value(), [&](const std::string& one) { return found->matches(one, *value); });
    return any != found->is_negated;
  });
}

bool conditionsHold(const json::object& statement, const PolicyRequest& request) {
  const json::object* conditions = objectOf(statement, "Condition");
  if (!conditions) return true;
  return std::all_of(conditions->begin(), conditions->end(), [&](const auto& one) {
    return one.value().is_object() &&
           holds(string_view(one.key().data(), one.key().size()), one.value().as_object(), request);
  });
}

// A member and its opposite ("Action", "NotAction"): whether the statement is about the request.
template <class Matches>
bool isAbout(const json::object& statement, const std::string& member, bool if_absent, Matches matches) {
  if (const json::value* value = memberOf(statement, member)) return matches(*value);
  if (const json::value* value = memberOf(statement, "Not" + member)) return !matches(*value);
  return if_absent;
}

bool applies(const json::object& statement, const PolicyRequest& request) {
  const auto is_action = [&](const json::value& actions) {
    return anyOf(actions,
                 [&](const std::string& one) { return matchesGlob(lowerCase(one), lowerCase(request.action)); });
  };
  const auto is_resource = [&](const json::value& resources) {
    return anyOf(resources, [&](const std::string& one) { return matchesGlob(one, request.resource_arn); });
  };
  return isAbout(statement, "Principal", false, [&](const json::value& one) { return isPrincipal(one, request); }) &&
         isAbout(statement, "Action", false, is_action) && isAbout(statement, "Resource", true, is_resource) &&
         conditionsHold(statement, request);
}

std::vector<const json::object*> statementsOf(const json::object& policy) {
  std::vector<const json::object*> statements;
  const json::value* listed = memberOf(policy, "Statement");
  if (!listed) return statements;
  if (listed->is_object()) statements.push_back(&listed->as_object());
  if (listed->is_array()) {
    for (const json::value& one : listed->as_array()) {
      if (one.is_object()) statements.push_back(&one.as_object());
    }
  }
  return statements;
}

bool isStatement(const json::object& statement) {
  const std::string effect = textOf(statement, "Effect");
  const auto has = [&](const char* name) { return memberOf(statement, name) != nullptr; };
  return (effect == "Allow" || effect == "Deny") && (has("Principal") || has("NotPrincipal")) &&
         (has("Action") || has("NotAction"));
}

}  // namespace

PolicyDecision decide(string_view policy, const PolicyRequest& request) {
  const json::value parsed = parseJson(policy);
  PolicyDecision decision = PolicyDecision::kNotMentioned;
  for (const json::object* statement : statementsOf(parsed.as_object())) {
    if (!applies(*statement, request)) continue;
    if (textOf(*statement, "Effect") == "Deny") return PolicyDecision::kDenied;
    decision = PolicyDecision::kAllowed;
  }
  return decision;
}

bool isPolicy(string_view text) {
  try {
    const json::value parsed = parseJson(text);
    if (!parsed.is_object()) return false;
    const std::vector<const json::object*> statements = statementsOf(parsed.as_object());
    return !statements.empty() && statements.size() <= limits::kPolicyStatements &&
           std::all_of(statements.begin(), statements.end(), [](const json::object* one) { return isStatement(*one); });
  } catch (const std::invalid_argument&) {
    return false;
  }
}

}  // namespace ddblog::sqs
