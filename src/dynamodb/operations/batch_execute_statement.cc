#include "dynamodb/operations/batch_execute_statement.h"

#include <algorithm>
#include <utility>

#include "dynamodb/item_keys.h"
#include "dynamodb/item_requests.h"
#include "dynamodb/item_writes.h"
#include "dynamodb/key_checks.h"
#include "dynamodb/partiql_keys.h"
#include "dynamodb/partiql_requests.h"
#include "dynamodb/partiql_writes.h"
#include "item/stored_item.h"
#include "partiql/limits.h"

namespace ddblog::dynamodb {
namespace {

// Rethrows a refusal that is not about the statement.
void checkIsOfStatement(const ApiError& error) {
  if (statementErrorCode(error).empty()) throw error;
}

}  // namespace

BatchExecuteStatement::BatchExecuteStatement(api::RequestReader& request, Context& context) : context_(context) {
  capacity_ = readCapacityReport(request.fields());
  auto given =
      request.fields().objects("Statements", {.required = true,
                                              .min = 1,
                                              .max = limits::kBatchStatements,
                                              .element = "com.amazonaws.dynamodb.v20120810.BatchStatementRequest"});
  std::vector<StatementRequest> statements;
  if (given) {
    for (api::ObjectReader& one : *given) {
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

BatchExecuteStatement::Response BatchExecuteStatement::read(const Reader& reader, const Member& member) const {
  Response response;
  const auto& select = std::get<partiql::SelectStatement>(*member.statement);
  const auto table = context_.catalog.get(reader, select.source.table);
  const auto key = select.source.index.empty() ? namedKey(*table, select.where) : std::nullopt;
  if (!key) {
    throw validationError(
        "Select statements within BatchExecuteStatement must specify the primary key in the where clause.");
  }
  checkKey(*table, *key);
  const auto stored = reader.get(itemKey(*table, *key));
  response.capacity.addTable(readUnits(stored ? storedItemSize(*stored) : 0, member.consistent));
  if (!stored) return response;
  response.item =
      select.projection ? itemJson(project(*select.projection, decodeItem(*stored))) : storedItemJson(*stored);
  return response;
}

BatchExecuteStatement::Response BatchExecuteStatement::write(Transaction& transaction, const Member& member) const {
  Response response;
  const partiql::Statement& statement = *member.statement;
  if (std::holds_alternative<partiql::ExistsStatement>(statement)) {
    throw validationError("EXISTS can only be used in ExecuteTransaction write requests.");
  }
  const auto table = context_.catalog.get(transaction, tableOf(statement));
  const ItemWrite write = itemWriteOf(*table, statement, member.returns_item_on_failure);
  const ItemChange change = carryOutStatement(transaction, context_, *table, statement, write);
  response.capacity = change.capacity;
  response.item = returnedItem(statement, change).value_or("");
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
      json.key("Code").value(statementErrorCode(*response.refused)).key("Message").value(response.refused->message());
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
  if (capacity_ != CapacityReport::kNone) {
    std::vector<std::pair<std::string, ConsumedCapacity>> consumed;  // by table, in the order of the statements
    for (std::size_t i = 0; i < responses.size(); ++i) {
      if (responses[i].refused) continue;
      const std::string& name = tableOf(*members_[i].statement);
      auto found = std::find_if(consumed.begin(), consumed.end(), [&](const auto& one) { return one.first == name; });
      if (found == consumed.end()) found = consumed.insert(consumed.end(), {name, {}});
      found->second.add(responses[i].capacity);
    }
    json.key("ConsumedCapacity").beginArray();
    for (const auto& [name, capacity] : consumed) capacity.write(json, name, capacity_);
    json.endArray();
  }
  json.endObject();
  return body;
}

std::string BatchExecuteStatement::run(const Reader& reader) const {
  std::vector<Response> responses;
  for (const Member& member : members_) {
    Response& response = responses.emplace_back();
    response.refused = member.refused;
    if (member.refused) continue;
    try {
      response = read(reader, member);
    } catch (const ApiError& error) {
      checkIsOfStatement(error);
      response.refused = error;
    }
  }
  return answer(responses);
}

// A statement that is refused has written nothing (item_writes.h), so the others stay.
std::string BatchExecuteStatement::run(Transaction& transaction) const {
  std::vector<Response> responses;
  for (const Member& member : members_) {
    Response& response = responses.emplace_back();
    response.refused = member.refused;
    if (member.refused) continue;
    try {
      response = write(transaction, member);
    } catch (const ApiError& error) {
      checkIsOfStatement(error);
      response.refused = error;
      response.reached_item =
          error.type() == "ConditionalCheckFailedException" || error.type() == "DuplicateItemException";
    }
  }
  return answer(responses);
}

}  // namespace ddblog::dynamodb
