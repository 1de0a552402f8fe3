// The aliases of functions: names that point to a version, or to two.
//
//   kAliases  <function> <alias>    {"version": "1", "description": …, "weights": {"2": 0.1}, "revisionId": …}
//                                   and the settings of asynchronous invocations, as stored_function.h has them
//
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_AliasConfiguration.html
// Thread safety: pure functions; put and erase on the writer thread, in a transaction.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_writer.h"
#include "services/lambda/functions/function.h"
#include "store/store.h"

namespace ddblog::lambda {

struct Alias {
  std::string name;
  std::string version;
  std::string description;
  std::map<std::string, double> weights;  // of other versions: the part of the invocations that they get
  std::string revision_id;
  AsynchronousSettings asynchronous;
};

std::optional<Alias> findAlias(const Reader& reader, std::string_view function_name, std::string_view name);
// All aliases of a function, in the order of their names.
std::vector<Alias> aliasesOf(const Reader& reader, std::string_view function_name);
void putAlias(Transaction& transaction, std::string_view function_name, const Alias& alias);
void eraseAlias(Transaction& transaction, std::string_view function_name, std::string_view name);

// The stored form, from which decodeAlias makes the alias.
std::optional<std::string> storedAlias(const Reader& reader, std::string_view function_name, std::string_view name);
Alias decodeAlias(std::string_view name, std::string_view stored);

// An AliasConfiguration.
void writeAlias(JsonWriter& json, const std::string& function_arn, const Alias& alias);

}  // namespace ddblog::lambda
