// BatchExecuteStatement: up to 25 PartiQL statements, all reads or all writes, each for itself: a statement that is
// refused is so in its own part of the answer. A read is of one item, and no two statements are of the same one: the
// call is refused for that.
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
#include "services/dynamodb/core/capacity.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/item_keys.h"
#include "services/dynamodb/core/key_checks.h"
#include "services/dynamodb/core/limits.h"
#include "services/dynamodb/items/item_requests.h"
#include "services/dynamodb/items/item_writes.h"
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

 private:
  struct Member {
    std::optional<partiql::Statement> statement;
    std::optional<ApiError> refused;  // if there is none
    bool consistent = false;
    bool returns_item_on_failure = false;
  };
  // What a statement is of its table.
  struct Plan {
    std::optional<ApiError> refused;  // then nothing else is here
    std::shared_ptr<const Table> table;
    std::optional<Item> key;         // of a read
    std::optional<ItemWrite> write;  // of all others
  };
  // What one statement came to.
  struct Response {
    std::optional<ApiError> refused;
    bool reached_item = false;  // a refusal that is about the item: its table is named
    std::string item;           // JSON; empty: none
    ConsumedCapacity capacity;
  };
  using CarryOut = std::function<Response(const Member&, const Plan&)>;

  Plan plan(const Reader& reader, const Member& member) const;
  Plan planRead(const Reader& reader, const Member& member) const;
  Plan planWrite(const Reader& reader, const Member& member) const;
  Response read(const Reader& reader, const Member& member, const Plan& plan) const;
  Response write(Transaction& transaction, const Member& member, const Plan& plan) const;
  std::string runEach(const Reader& reader, const CarryOut& carry_out) const;
  std::string answer(const std::vector<Response>& responses) const;
  void writeConsumed(JsonWriter& json, const std::vector<Response>& responses) const;

  Context& context_;
  CapacityReport capacity_ = CapacityReport::kNone;
  std::vector<Member> members_;
  bool writes_ = false;
};

// Rethrows a refusal that is not about the statement.
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
      members_[i].refused = error;
      continue;
    }
    (isRead(*members_[i].statement) ? reads : writes_) = true;
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
  checkWriteTypes(*plan.table, *plan.write);
  if (plan.write->kind == ItemWrite::Kind::kPut) {
    checkItem(*plan.table, plan.write->item);
  } else {
    checkKey(*plan.table, plan.write->item);
  }
  return plan;
}

BatchExecuteStatement::Plan BatchExecuteStatement::plan(const Reader& reader, const Member& member) const {
  Plan refused;
  refused.refused = member.refused;
  if (member.refused) return refused;
  try {
    return isRead(*member.statement) ? planRead(reader, member) : planWrite(reader, member);
  } catch (const ApiError& error) {
    checkIsOfStatement(error);
    refused.refused = error;
    return refused;
  }
}

BatchExecuteStatement::Response BatchExecuteStatement::read(const Reader& reader, const Member& member,
                                                            const Plan& plan) const {
  Response response;
  const auto& select = std::get<partiql::SelectStatement>(*member.statement);
  const auto stored = reader.get(itemKey(*plan.table, *plan.key));
  response.capacity.addTable(readUnits(stored ? storedItemSize(*stored) : 0, member.consistent));
  if (!stored) return response;
  response.item =
      select.projection ? itemJson(project(*select.projection, decodeItem(*stored))) : storedItemJson(*stored);
  return response;
}

// A write that the item refuses has written nothing (item_writes.h), so the others stay. It is charged as the write
// that it would have been: by the larger of the item that is there and the one that was to be.
BatchExecuteStatement::Response BatchExecuteStatement::write(Transaction& transaction, const Member& member,
                                                             const Plan& plan) const {
  Response response;
  const partiql::Statement& statement = *member.statement;
  try {
    const ItemChange change = carryOutStatement(transaction, context_, *plan.table, statement, *plan.write);
    response.capacity = change.capacity;
    response.item = returnedItem(statement, change).value_or("");
  } catch (const ApiError& error) {
    checkIsOfStatement(error);
    response.refused = error;
    response.reached_item =
        error.type() == "ConditionalCheckFailedException" || error.type() == "DuplicateItemException";
    if (!response.reached_item) return response;
    const auto stored = transaction.get(itemKey(*plan.table, plan.write->item));
    const std::size_t there = stored ? storedItemSize(*stored) : 0;
    const bool puts = plan.write->kind == ItemWrite::Kind::kPut;
    response.capacity.addTable(writeUnits(std::max(there, puts ? itemSize(plan.write->item) : 0)));
  }
  return response;
}

std::string BatchExecuteStatement::answer(const std::vector<Response>& responses) const {
  std::string body;
  JsonWriter json(body);
  json.beginObject().key("Responses").beginArray();
  for (std::size_t i = 0; i < responses.size(); ++i) {
    const Response& response = responses[i];
    json.beginObject();
    if (response.refused) {
      json.key("Error").beginObject();
      json.key("Code").value(reasonCodeOf(*response.refused)).key("Message").value(response.refused->message());
      if (const json::value* item = response.refused->fields().if_contains("Item")) {
        json.key("Item").raw(json::serialize(*item));
      }
      json.endObject();
    }
    if (!response.refused || response.reached_item) json.key("TableName").value(tableOf(*members_[i].statement));
    if (!response.item.empty()) json.key("Item").raw(response.item);
    json.endObject();
  }
  json.endArray();
  writeConsumed(json, responses);
  json.endObject();
  return body;
}

// By table, in the order of the statements. What refused writes were charged is in a table's sum, but in no part of it;
// a table of which nothing succeeded is not there. (Recorded from AWS by dynoxide, CHANGELOG.md.)
void BatchExecuteStatement::writeConsumed(JsonWriter& json, const std::vector<Response>& responses) const {
  if (capacity_ == CapacityReport::kNone) return;
  std::vector<std::pair<std::string, ConsumedCapacity>> consumed;
  const auto find = [&](const std::string& name) {
    return std::find_if(consumed.begin(), consumed.end(), [&](const auto& one) { return one.first == name; });
  };
  for (std::size_t i = 0; i < responses.size(); ++i) {
    if (responses[i].refused) continue;
    const std::string& name = tableOf(*members_[i].statement);
    auto found = find(name);
    if (found == consumed.end()) found = consumed.insert(consumed.end(), {name, {}});
    found->second.add(responses[i].capacity);
  }
  if (consumed.empty()) return;
  for (std::size_t i = 0; i < responses.size(); ++i) {
    if (!responses[i].reached_item) continue;
    const auto found = find(tableOf(*members_[i].statement));
    if (found != consumed.end()) found->second.addRefusedWrites(responses[i].capacity.total());
  }
  json.key("ConsumedCapacity").beginArray();
  for (const auto& [name, of_table] : consumed) of_table.write(json, name, capacity_);
  json.endArray();
}

std::string BatchExecuteStatement::runEach(const Reader& reader, const CarryOut& carry_out) const {
  std::vector<Plan> plans;
  std::set<std::string> keys;
  for (const Member& member : members_) {
    const Plan& planned = plans.emplace_back(plan(reader, member));
    if (planned.refused) continue;
    const Item& item = planned.key ? *planned.key : planned.write->item;
    if (!keys.insert(itemKey(*planned.table, item)).second) {
      throw validationError("Provided list of item keys contains duplicates");
    }
  }
  std::vector<Response> responses;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    Response& response = responses.emplace_back();
    response.refused = plans[i].refused;
    if (!response.refused) response = carry_out(members_[i], plans[i]);
  }
  return answer(responses);
}

std::string BatchExecuteStatement::run(const Reader& reader) const {
  return runEach(reader, [&](const Member& member, const Plan& plan) { return read(reader, member, plan); });
}

std::string BatchExecuteStatement::run(Transaction& transaction) const {
  return runEach(transaction, [&](const Member& member, const Plan& plan) { return write(transaction, member, plan); });
}

}  // namespace

void addBatchExecuteStatement(rpc::JsonApi& service, Context& context) {
  rpc::addReadOrWrite<BatchExecuteStatement>(service, "BatchExecuteStatement", context);
}

}  // namespace ddblog::dynamodb
