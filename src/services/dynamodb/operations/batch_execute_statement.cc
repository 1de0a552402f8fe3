// BatchExecuteStatement: up to 25 PartiQL statements, all reads or all writes, each independent of
// the others: an error of one statement is reported in its own part of the response. Each read is
// of one item. Rejects the whole call if two statements are of the same item.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html
#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/api_error.h"
#include "base/json_writer.h"
#include "item/item_size.h"
#include "item/stored_item.h"
#include "item/wire_json.h"
#include "partiql/statement.h"
#include "rpc/operation.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/batch_faults.h"
#include "services/dynamodb/core/capacity.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/item_keys.h"
#include "services/dynamodb/core/key_checks.h"
#include "services/dynamodb/core/limits.h"
#include "services/dynamodb/items/item_requests.h"
#include "services/dynamodb/items/item_writes.h"
#include "services/dynamodb/items/prepared_operation.h"
#include "services/dynamodb/partiql/partiql_keys.h"
#include "services/dynamodb/partiql/partiql_requests.h"
#include "services/dynamodb/partiql/partiql_writes.h"
#include "services/dynamodb/transactions/cancellation.h"
#include "store/store.h"

namespace ddblog::dynamodb {
namespace {

class BatchExecuteStatement {
 public:
  BatchExecuteStatement(rpc::RequestReader& request, Context& context);
  bool writes() const { return writes_; }
  std::string run(const Reader& reader) const;
  std::string run(Transaction& transaction) const;

  void prepare(const Reader& reader);
  void forgetPreparation() {
    prepared_.clear();
    can_be_prepared_ = false;
  }

 private:
  struct Member {
    std::optional<partiql::Statement> statement;
    std::optional<ApiError> error;  // why it is not executed
    bool consistent = false;
    bool returns_item_on_failure = false;
  };
  // How to execute a statement, once its table is known.
  struct Plan {
    std::optional<ApiError> error;  // if set, the rest is not
    std::shared_ptr<const Table> table;
    std::optional<Item> key;         // of a read
    std::optional<ItemWrite> write;  // of any other statement
  };
  // The outcome of one statement.
  struct Result {
    std::optional<ApiError> error;
    bool reached_item = false;  // the error concerns the item, so the response names its table
    std::string item;           // JSON; empty: none
    ConsumedCapacity capacity;
  };
  using Apply = std::function<Result(const Member&, const Plan&)>;

  Plan plan(const Reader& reader, const Member& member) const;
  Plan planRead(const Reader& reader, const Member& member) const;
  Plan planWrite(const Reader& reader, const Member& member) const;
  Result read(const Reader& reader, const Member& member, const Plan& plan) const;
  Result write(Transaction& transaction, const Member& member, const Plan& plan) const;
  std::string runEach(const Reader& reader, const Apply& apply) const;
  std::string answer(const std::vector<Result>& results) const;
  void writeConsumed(JsonWriter& json, const std::vector<Result>& results) const;

  Context& context_;
  CapacityReport capacity_ = CapacityReport::kNone;
  std::vector<Member> members_;
  std::vector<std::shared_ptr<const PreparedWrite>> prepared_;  // of members_; empty: none is
  bool can_be_prepared_ = true;
  bool writes_ = false;
};

// Rethrows an error that concerns the whole request rather than one statement.
void checkIsOfStatement(const ApiError& error) {
  if (reasonCodeOf(error).empty()) throw error;
}

BatchExecuteStatement::BatchExecuteStatement(rpc::RequestReader& request, Context& context) : context_(context) {
  capacity_ = readCapacityReport(request.fields());
  auto given =
      request.fields().objects("Statements", {.required = true,
                                              .min = 1,
                                              .max = limits::kBatchStatements,
                                              .element = "com.amazonaws.dynamodb.v20120810.BatchStatementRequest"});
  std::vector<StatementRequest> statements;
  if (given) {
    for (rpc::ObjectReader& one : *given) {
      statements.emplace_back(one);
      Member& member = members_.emplace_back();
      member.consistent = one.boolean("ConsistentRead").value_or(false);
      member.returns_item_on_failure = readReturnsItemOnFailure(one);
    }
  }
  request.finish();

  bool reads = false;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    try {
      members_[i].statement = statements[i].parse();
    } catch (const ApiError& error) {
      checkIsOfStatement(error);
      members_[i].error = error;
      continue;
    }
    (isRead(*members_[i].statement) ? reads : writes_) = true;
    if (isLeftUndone(context, "BatchExecuteStatement", "", json::serialize((*given)[i].json()))) {
      members_[i].error = throughputExceeded();
    }
  }
  if (reads && writes_) {
    throw validationError("Read and write requests together in the same batch is not supported.");
  }
}

BatchExecuteStatement::Plan BatchExecuteStatement::planRead(const Reader& reader, const Member& member) const {
  Plan plan;
  const auto& select = std::get<partiql::SelectStatement>(*member.statement);
  plan.table = context_.catalog.get(reader, select.source.table);
  if (select.source.index.empty()) plan.key = namedKey(*plan.table, select.where);
  if (!plan.key) {
    throw validationError(
        "Select statements within BatchExecuteStatement must specify the primary key in the where clause.");
  }
  checkKeyTypes(*plan.table, *plan.key);
  checkKey(*plan.table, *plan.key);
  return plan;
}

BatchExecuteStatement::Plan BatchExecuteStatement::planWrite(const Reader& reader, const Member& member) const {
  Plan plan;
  const partiql::Statement& statement = *member.statement;
  if (std::holds_alternative<partiql::ExistsStatement>(statement)) {
    throw validationError("EXISTS can only be used in ExecuteTransaction write requests.");
  }
  plan.table = context_.catalog.get(reader, tableOf(statement));
  plan.write = itemWriteOf(*plan.table, statement, member.returns_item_on_failure);
  if (!prepared_.empty()) plan.write->prepared = prepared_[static_cast<std::size_t>(&member - members_.data())];
  plan.write->can_be_prepared = can_be_prepared_;
  checkWriteTypes(*plan.table, *plan.write);
  if (plan.write->kind == ItemWrite::Kind::kPut) {
    checkItem(*plan.table, plan.write->item);
  } else {
    checkKey(*plan.table, plan.write->item);
  }
  return plan;
}

BatchExecuteStatement::Plan BatchExecuteStatement::plan(const Reader& reader, const Member& member) const {
  Plan rejected;
  rejected.error = member.error;
  if (member.error) return rejected;
  try {
    return isRead(*member.statement) ? planRead(reader, member) : planWrite(reader, member);
  } catch (const ApiError& error) {
    checkIsOfStatement(error);
    rejected.error = error;
    return rejected;
  }
}

BatchExecuteStatement::Result BatchExecuteStatement::read(const Reader& reader, const Member& member,
                                                          const Plan& plan) const {
  Result result;
  const auto& select = std::get<partiql::SelectStatement>(*member.statement);
  const auto stored = reader.get(itemKey(*plan.table, *plan.key));
  result.capacity.addTable(readUnits(stored ? storedItemSize(*stored) : 0, member.consistent));
  if (!stored) return result;
  result.item =
      select.projection ? itemJson(project(*select.projection, decodeItem(*stored))) : storedItemJson(*stored);
  return result;
}

// A rejected write has written nothing (item_writes.h), so the other writes stand. DynamoDB charges
// it as if it had succeeded: by the larger of the existing item and the new one.
BatchExecuteStatement::Result BatchExecuteStatement::write(Transaction& transaction, const Member& member,
                                                           const Plan& plan) const {
  Result result;
  const partiql::Statement& statement = *member.statement;
  try {
    const ItemChange change = applyStatement(transaction, context_, *plan.table, statement, *plan.write);
    result.capacity = change.capacity;
    result.item = returnedItem(statement, change).value_or("");
  } catch (const ApiError& error) {
    checkIsOfStatement(error);
    result.error = error;
    result.reached_item = error.type() == "ConditionalCheckFailedException" || error.type() == "DuplicateItemException";
    if (!result.reached_item) return result;
    const auto stored = transaction.get(itemKey(*plan.table, plan.write->item));
    const std::size_t there = stored ? storedItemSize(*stored) : 0;
    const bool puts = plan.write->kind == ItemWrite::Kind::kPut;
    result.capacity.addTable(writeUnits(std::max(there, puts ? itemSize(plan.write->item) : 0)));
  }
  return result;
}

std::string BatchExecuteStatement::answer(const std::vector<Result>& results) const {
  std::string body;
  JsonWriter json(body);
  json.beginObject().key("Responses").beginArray();
  for (std::size_t i = 0; i < results.size(); ++i) {
    const Result& result = results[i];
    json.beginObject();
    if (result.error) {
      json.key("Error").beginObject();
      json.key("Code").value(reasonCodeOf(*result.error)).key("Message").value(result.error->message());
      if (const json::value* item = result.error->fields().if_contains("Item")) {
        json.key("Item").raw(json::serialize(*item));
      }
      json.endObject();
    }
    if (!result.error || result.reached_item) json.key("TableName").value(tableOf(*members_[i].statement));
    if (!result.item.empty()) json.key("Item").raw(result.item);
    json.endObject();
  }
  json.endArray();
  writeConsumed(json, results);
  json.endObject();
  return body;
}

// One entry per table, in the order of the statements. The charge of rejected writes is part of a
// table's total, but of none of its parts; a table without a successful statement is left out.
// (Recorded from AWS by dynoxide, CHANGELOG.md.)
void BatchExecuteStatement::writeConsumed(JsonWriter& json, const std::vector<Result>& results) const {
  if (capacity_ == CapacityReport::kNone) return;
  std::vector<std::pair<std::string, ConsumedCapacity>> consumed;
  const auto find = [&](const std::string& name) {
    return std::find_if(consumed.begin(), consumed.end(), [&](const auto& one) { return one.first == name; });
  };
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i].error) continue;
    const std::string& name = tableOf(*members_[i].statement);
    auto found = find(name);
    if (found == consumed.end()) found = consumed.insert(consumed.end(), {name, {}});
    found->second.add(results[i].capacity);
  }
  if (consumed.empty()) return;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (!results[i].reached_item) continue;
    const auto found = find(tableOf(*members_[i].statement));
    if (found != consumed.end()) found->second.addRefusedWrites(results[i].capacity.total());
  }
  writeConsumedCapacity(json, consumed, capacity_);
}

std::string BatchExecuteStatement::runEach(const Reader& reader, const Apply& apply) const {
  std::vector<Plan> plans;
  std::set<std::string> keys;
  for (const Member& member : members_) {
    const Plan& planned = plans.emplace_back(plan(reader, member));
    if (planned.error) continue;
    const Item& item = planned.key ? *planned.key : planned.write->item;
    if (!keys.insert(itemKey(*planned.table, item)).second) {
      throw validationError("Provided list of item keys contains duplicates");
    }
  }
  std::vector<Result> results;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    Result& result = results.emplace_back();
    result.error = plans[i].error;
    if (!result.error) result = apply(members_[i], plans[i]);
  }
  return answer(results);
}

std::string BatchExecuteStatement::run(const Reader& reader) const {
  return runEach(reader, [&](const Member& member, const Plan& plan) { return read(reader, member, plan); });
}

std::string BatchExecuteStatement::run(Transaction& transaction) const {
  return runEach(transaction, [&](const Member& member, const Plan& plan) { return write(transaction, member, plan); });
}

void BatchExecuteStatement::prepare(const Reader& reader) {
  prepared_.clear();
  for (const Member& member : members_) {
    prepared_.push_back(member.statement
                            ? prepareStatement(reader, context_, *member.statement, member.returns_item_on_failure)
                            : nullptr);
  }
}

}  // namespace

void addBatchExecuteStatement(rpc::JsonApi& service, Context& context) {
  addReadOrPreparedWrite<BatchExecuteStatement>(service, "BatchExecuteStatement", context);
}

}  // namespace ddblog::dynamodb
