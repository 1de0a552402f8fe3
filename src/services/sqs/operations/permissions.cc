#include "services/sqs/operations/permissions.h"

#include "base/json_fields.h"

namespace ddblog::sqs {

json::object policyOf(const Queue& queue) {
  const std::string* text = queue.attribute("Policy");
  if (!text) {
    return {{"Version", "2008-10-17"}, {"Id", queue.arn + "/SQSDefaultPolicy"}, {"Statement", json::array()}};
  }
  json::object policy = parseJson(*text).as_object();
  json::value& statements = policy["Statement"];
  if (statements.is_object()) statements = json::array{statements};
  return policy;
}

void setPolicy(Queue& queue, const json::object& policy) {
  if (policy.at("Statement").as_array().empty()) {
    queue.attributes.erase("Policy");
  } else {
    queue.attributes.insert_or_assign("Policy", json::serialize(policy));
  }
}

bool hasLabel(const json::value& statement, std::string_view label) {
  return statement.is_object() && textOf(statement.as_object(), "Sid") == label;
}

}  // namespace ddblog::sqs
