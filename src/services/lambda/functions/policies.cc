#include "services/lambda/functions/policies.h"

#include <string>

#include "services/lambda/functions/key_spaces.h"
#include "store/key_space.h"

namespace ddblog::lambda {

namespace {

std::string policyKey(std::string_view function_name, std::string_view qualifier) {
  return KeyBuilder(key_spaces::kPolicies).text(function_name).text(qualifier).str();
}

}  // namespace

json::array findPolicy(const Reader& reader, std::string_view function_name, std::string_view qualifier) {
  const auto stored = reader.get(policyKey(function_name, qualifier));
  if (!stored) return {};
  return parseJson(*stored).as_array();
}

void putPolicy(Transaction& transaction, std::string_view function_name, std::string_view qualifier,
               const json::array& statements) {
  if (statements.empty()) return transaction.erase(policyKey(function_name, qualifier));
  transaction.put(policyKey(function_name, qualifier), json::serialize(statements));
}

}  // namespace ddblog::lambda
