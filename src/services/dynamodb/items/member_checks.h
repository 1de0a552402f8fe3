// The constraints of single fields of the operations on items, in the words of the validation that
// DynamoDB moves these operations to, and in the order of each operation. (RequestReader's own
// rules speak the older words, which all other operations have.)
//
//   MemberChecks checks(request);
//   checks.tableName(name);          // collects what is broken
//   checks.capacity(capacity);
//   checks.finish();                 // refuses all of it in one message
//
// The words and the orders are those of most of AWS's regions in October 2026, as recorded by
// dynoxide (https://github.com/nubo-db/dynoxide, CHANGELOG.md); where regions differed, it says so.
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

  // "Value null at 'path' …" unless it is there.
  void present(bool is_there, std::string_view path);

  // The first constraint that the name breaks; ARNs of tables are names too.
  void tableName(const OptionalString& name);
  // All constraints that it breaks (UpdateItem), and those of an action's table name in a transaction.
  void wholeTableName(const OptionalString& name);
  void nestedTableName(const std::string& name, std::string_view path);
  static bool isTableName(std::string_view name);  // or an ARN
  // An empty name: refused before what else the name may break.
  void emptyTableName(const OptionalString& name);

  void capacity(const OptionalString& given);
  void metrics(const OptionalString& given);
  void onFailure(const OptionalString& given);
  void select(const OptionalString& given);
  void conditionalOperator(const OptionalString& given);
  void returnValues(const OptionalString& given);  // in the newer words
  void returnValuesLegacy(
      const OptionalString& given);  // in the older ones, which UpdateItem still has beside a missing key

  // Numbers in the newer words, which do not show them, and in the older.
  void atLeast(const std::optional<std::int64_t>& given, std::string_view name, std::int64_t least);
  void atMost(const std::optional<std::int64_t>& given, std::string_view name, std::int64_t most);
  void numberLegacy(const std::optional<std::int64_t>& given, std::string_view path, std::int64_t least,
                    std::int64_t most);
  void emptyTableNameLegacy(const OptionalString& name);  // in the older words

  // Refuses what was collected, if anything was.
  void finish() { request_.finish(); }
  void broken(std::string words) { request_.refuse(std::move(words)); }

 private:
  void oneOf(const OptionalString& given, std::string_view path, std::string_view values);

  rpc::RequestReader& request_;
};

}  // namespace ddblog::dynamodb
