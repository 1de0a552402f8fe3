// ExecuteTransaction: up to 100 PartiQL statements, all of them or none: reads of items at one
// point in time, or writes and EXISTS conditions of different items.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteTransaction.html
#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/api_error.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "item/stored_item.h"
#include "item/wire_json.h"
#include "partiql/statement.h"
#include "rpc/operation.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/capacity.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/item_keys.h"
#include "services/dynamodb/core/key_checks.h"
#include "services/dynamodb/items/item_requests.h"
#include "services/dynamodb/items/item_writes.h"
#include "services/dynamodb/items/prepared_operation.h"
#include "services/dynamodb/partiql/partiql_keys.h"
#include "services/dynamodb/partiql/partiql_requests.h"
#include "services/dynamodb/partiql/partiql_writes.h"
#include "services/dynamodb/transactions/cancellation.h"
#include "services/dynamodb/transactions/transacted_items.h"
#include "store/store.h"

namespace ddblog::dynamodb {
namespace {

class ExecuteTransaction {
 public:
  ExecuteTransaction(rpc::RequestReader& request, Context& context);
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
    partiql::Statement statement;
    bool returns_item_on_failure = false;
  };
  using Tables = std::vector<std::shared_ptr<const Table>>;  // one for each statement; nullptr: it does not exist
  using Writes = std::vector<std::optional<ItemWrite>>;      // one for each statement
  using Keys = std::vector<std::optional<Item>>;             // one for each statement

  Tables findTables(const Reader& reader, CancellationReasons& cancellation) const;
  Keys keysToRead(const Tables& tables, CancellationReasons& cancellation) const;
  Writes writesOf(const Tables& tables, CancellationReasons& cancellation) const;
  TransactedItems applyAll(Transaction& transaction, const Tables& tables, const Writes& writes,
                           CancellationReasons& cancellation) const;
  std::string answer(const std::vector<std::string>& items, const ConsumedByTable& consumed, CapacityKind kind) const;

  Context& context_;
  CapacityReport capacity_ = CapacityReport::kNone;
  std::optional<std::string> token_;
  std::uint64_t fingerprint_ = 0;
  std::vector<Member> members_;
  std::vector<std::shared_ptr<const PreparedWrite>> prepared_;  // of members_; empty: none is
  bool can_be_prepared_ = true;
  bool writes_ = false;
};

using partiql::ExistsStatement;
using partiql::SelectStatement;

ApiError inStatement(std::size_t number, const ApiError& error) {
  return validationError("Validation failed in TransactStatements[" + std::to_string(number) + "]: " + error.message());
}

// Rejects what no statement of a transaction may contain. (If a statement's table does not exist,
// that is its only error.)
void checkStatement(const partiql::Statement& statement) {
  if (returningOf(statement) != partiql::Returning::kNothing) {
    throw validationError("RETURNING clause is not supported in ExecuteTransaction.");
  }
  const auto* update = std::get_if<partiql::UpdateStatement>(&statement);
  const auto* remove = std::get_if<partiql::DeleteStatement>(&statement);
  if ((update && !update->source.index.empty()) || (remove && !remove->source.index.empty())) {
    throw validationError("This operation is not supported on an index");
  }
  const auto* select = std::get_if<SelectStatement>(&statement);
  if (select && !select->source.index.empty()) {
    throw validationError("Reads on indices are not supported within transactions.");
  }
  const auto* exists = std::get_if<ExistsStatement>(&statement);
  if (exists && !exists->select.source.index.empty()) {
    throw validationError("Operations on indices are not supported in transactions");
  }
}

ExecuteTransaction::ExecuteTransaction(rpc::RequestReader& request, Context& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  capacity_ = readCapacityReport(fields);
  token_ = fields.string("ClientRequestToken", {.min = 1, .max = 36});
  auto given =
      fields.objects("TransactStatements", {.required = true,
                                            .min = 1,
                                            .max = limits::kTransactActions,
                                            .element = "com.amazonaws.dynamodb.v20120810.ParameterizedStatement"});
  std::vector<StatementRequest> statements;
  std::vector<bool> return_items;
  if (given) {
    for (rpc::ObjectReader& one : *given) {
      statements.emplace_back(one);
      return_items.push_back(readReturnsItemOnFailure(one));
    }
  }
  request.finish();

  for (StatementRequest& statement : statements) statement.readParameters();
  std::size_t reads = 0;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    try {
      Member member{statements[i].parse(), return_items[i]};
      if (isRead(member.statement)) ++reads;
      members_.push_back(std::move(member));
    } catch (const ApiError& error) {
      if (error.type() != "ValidationException") throw;
      throw inStatement(i, error);
    }
  }
  if (reads > 0 && reads < members_.size()) {
    throw validationError(
        "ExecuteTransaction API does not support both read and write operations in the same request.");
  }
  writes_ = reads == 0;
  if (token_) fingerprint_ = fingerprint(*fields.value("TransactStatements"));
}

ExecuteTransaction::Tables ExecuteTransaction::findTables(const Reader& reader,
                                                          CancellationReasons& cancellation) const {
  Tables tables;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    tables.push_back(context_.catalog.find(reader, tableOf(members_[i].statement)));
    if (!tables.back()) {
      cancellation.note(i, resourceNotFound("Requested resource not found"));
      continue;
    }
    try {
      checkStatement(members_[i].statement);
    } catch (const ApiError& error) {
      throw inStatement(i, error);
    }
  }
  return tables;
}

ExecuteTransaction::Keys ExecuteTransaction::keysToRead(const Tables& tables, CancellationReasons& cancellation) const {
  Keys keys(members_.size());
  DifferentItems items;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (!tables[i]) continue;
    keys[i] = namedKey(*tables[i], std::get<SelectStatement>(members_[i].statement).where);
    if (!keys[i]) {
      throw inStatement(i, validationError("Select statements within ExecuteTransaction must specify the primary key "
                                           "in the where clause."));
    }
    try {
      checkKey(*tables[i], *keys[i]);
    } catch (const ApiError& error) {
      cancellation.noteKey(i, error);
      continue;
    }
    items.add(*tables[i], *keys[i]);
  }
  return keys;
}

std::string ExecuteTransaction::run(const Reader& reader) const {
  CancellationReasons cancellation(members_.size());
  const Tables tables = findTables(reader, cancellation);
  const Keys keys = keysToRead(tables, cancellation);
  cancellation.throwIfAny();

  TransactedItems read;
  std::vector<std::string> items;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const auto& select = std::get<SelectStatement>(members_[i].statement);
    const auto stored = reader.get(itemKey(*tables[i], *keys[i]));
    read.addRead(select.source.table, stored ? storedItemSize(*stored) : 0);
    std::string& item = items.emplace_back();
    if (!stored) continue;
    item = select.projection ? itemJson(project(*select.projection, decodeItem(*stored))) : storedItemJson(*stored);
  }
  read.checkBytesRead();
  return answer(items, read.consumed(), CapacityKind::kTransactionalRead);
}

// A WHERE clause that names no item cancels the transaction. So does a key of the wrong type, before
// anything is read; only the first is named.
ExecuteTransaction::Writes ExecuteTransaction::writesOf(const Tables& tables, CancellationReasons& cancellation) const {
  Writes writes(members_.size());
  DifferentItems items;
  CarriedBytes bytes;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (!tables[i]) continue;
    const partiql::Statement& statement = members_[i].statement;
    try {
      writes[i] = itemWriteOf(*tables[i], statement, members_[i].returns_item_on_failure);
      if (!prepared_.empty()) writes[i]->prepared = prepared_[i];
      writes[i]->can_be_prepared = can_be_prepared_;
    } catch (const NoKeyValue& error) {
      throw inStatement(i, error);
    } catch (const ApiError& error) {
      if (std::holds_alternative<ExistsStatement>(statement)) throw inStatement(i, error);
      cancellation.note(i, error);
      continue;
    }
    items.add(*tables[i], writes[i]->item);
    bytes.add(*writes[i]);
    if (!hasKeyOfOtherType(*tables[i], writes[i]->item)) continue;
    try {
      checkKeys(*tables[i], *writes[i]);
    } catch (const ApiError& error) {
      cancellation.noteKey(i, error);
    }
  }
  bytes.check();
  if (cancellation.hasKey()) cancellation.throwIfAny();
  return writes;
}

TransactedItems ExecuteTransaction::applyAll(Transaction& transaction, const Tables& tables, const Writes& writes,
                                             CancellationReasons& cancellation) const {
  TransactedItems items;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (!writes[i]) continue;
    const partiql::Statement& statement = members_[i].statement;
    try {
      items.addWrite(tableOf(statement), *tables[i], *writes[i],
                     applyStatement(transaction, context_, *tables[i], statement, *writes[i]));
    } catch (const ApiError& error) {
      cancellation.note(i, error);
    }
  }
  cancellation.throwIfAny();
  items.becomeOngoing(transaction, context_.ongoing_transactions);
  return items;
}

// Writes return no items, not even empty ones (as dynoxide and DynamoDB Local do).
std::string ExecuteTransaction::run(Transaction& transaction) const {
  CancellationReasons cancellation(members_.size());
  const Tables tables = findTables(transaction, cancellation);
  const Writes writes = writesOf(tables, cancellation);
  const auto repeated =
      token_ ? findRepetition(transaction, *token_, fingerprint_, context_.clock.runningTime()) : std::nullopt;
  if (repeated) {
    cancellation.throwIfAny();
    return answer({}, consumedBy(*repeated), CapacityKind::kTransactionalRead);
  }
  const TransactedItems items = applyAll(transaction, tables, writes, cancellation);
  if (token_) keepToken(transaction, *token_, fingerprint_, items.repetition(), context_.clock.runningTime());
  return answer({}, items.consumed(), CapacityKind::kTransactionalWrite);
}

std::string ExecuteTransaction::answer(const std::vector<std::string>& items, const ConsumedByTable& consumed,
                                       CapacityKind kind) const {
  std::string body;
  JsonWriter json(body);
  json.beginObject().key("Responses").beginArray();
  for (const std::string& item : items) {
    json.beginObject();
    if (!item.empty()) json.key("Item").raw(item);
    json.endObject();
  }
  json.endArray();
  writeConsumedCapacity(json, consumed, capacity_, kind);
  json.endObject();
  return body;
}

void ExecuteTransaction::prepare(const Reader& reader) {
  prepared_.clear();
  for (const Member& member : members_) {
    prepared_.push_back(prepareStatement(reader, context_, member.statement, member.returns_item_on_failure));
  }
}

}  // namespace

void addExecuteTransaction(rpc::JsonApi& service, Context& context) {
  addReadOrPreparedWrite<ExecuteTransaction>(service, "ExecuteTransaction", context);
}

}  // namespace ddblog::dynamodb
