// The constraints of single fields of item operations, with the messages of DynamoDB's current
// validation and in the order of each operation. (RequestReader's own rules have the legacy
// messages, which all other operations use.)
//
//   MemberChecks checks(request);
//   checks.tableName(name);          // collects broken constraints
//   checks.capacity(capacity);
//   checks.finish();                 // throws all of them in one error
//
// Messages and orders are those of most AWS regions in October 2026, as recorded by dynoxide
// (https://github.com/nubo-db/dynoxide, CHANGELOG.md), which also notes where regions differed.
//
// Thread safety: none; it belongs to one request on one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rpc/request_reader.h"

namespace ddblog::dynamodb {

using OptionalString = std::optional<std::string>;

class MemberChecks {
 public:
  explicit MemberChecks(rpc::RequestReader& request) : request_(request) {}

  // Collects "Value null at 'path' …" unless it is there.
  void present(bool is_there, std::string_view path);

  // Collects the first constraint that the name breaks; an ARN of a table is a valid name.
  void tableName(const OptionalString& name);
  // Collects all constraints that the name breaks: for UpdateItem and for an action's table name in
  // a transaction.
  void wholeTableName(const OptionalString& name);
  void nestedTableName(const std::string& name, std::string_view path);
  static bool isTableName(std::string_view name);  // or an ARN
  // Rejects an empty name before the name's other constraints.
  void emptyTableName(const OptionalString& name);

  void capacity(const OptionalString& given);
  void metrics(const OptionalString& given);
  void onFailure(const OptionalString& given);
  void select(const OptionalString& given);
  void conditionalOperator(const OptionalString& given);
  void returnValues(const OptionalString& given);  // current messages
  void returnValuesLegacy(
      const OptionalString& given);  // legacy messages, which UpdateItem still has beside a missing key

  // Numbers, with the current messages (which do not show the value) and the legacy ones.
  void atLeast(const std::optional<std::int64_t>& given, std::string_view name, std::int64_t least);
  void atMost(const std::optional<std::int64_t>& given, std::string_view name, std::int64_t most);
  void numberLegacy(const std::optional<std::int64_t>& given, std::string_view path, std::int64_t least,
                    std::int64_t most);
  void emptyTableNameLegacy(const OptionalString& name);  // legacy messages

  // Throws the collected constraints, if any.
  void finish() { request_.finish(); }
  void broken(std::string words) { request_.refuse(std::move(words)); }

 private:
  void oneOf(const OptionalString& given, std::string_view path, std::string_view values);

  rpc::RequestReader& request_;
};

}  // namespace ddblog::dynamodb
