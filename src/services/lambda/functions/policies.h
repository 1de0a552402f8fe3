// The resource policies of functions, versions and aliases: who may invoke them. They are kept and
// given back; nothing is checked against them.
//
//   kPolicies  <function> <qualifier>     a JSON array of statements; the qualifier of $LATEST is "$LATEST"
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
// Thread safety: pure functions; putPolicy on the writer thread, in a transaction.
#pragma once

#include <string_view>

#include "base/json.h"
#include "store/store.h"

namespace ddblog::lambda {

// Empty: there is none.
json::array findPolicy(const Reader& reader, std::string_view function_name, std::string_view qualifier);
// An empty policy is erased.
void putPolicy(Transaction& transaction, std::string_view function_name, std::string_view qualifier,
               const json::array& statements);

}  // namespace ddblog::lambda
