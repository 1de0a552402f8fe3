// ExecuteStatement: one PartiQL statement: a SELECT, which returns a page of items, or a write of
// one item.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteStatement.html
#include <algorithm>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "base/api_error.h"
#include "base/base64.h"
#include "base/json_writer.h"
#include "item/wire_json.h"
#include "partiql/statement.h"
#include "rpc/operation.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/capacity.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/limits.h"
#include "services/dynamodb/items/item_requests.h"
#include "services/dynamodb/items/item_writes.h"
#include "services/dynamodb/items/page.h"
#include "services/dynamodb/items/prepared_operation.h"
#include "services/dynamodb/partiql/partiql_keys.h"
#include "services/dynamodb/partiql/partiql_reads.h"
#include "services/dynamodb/partiql/partiql_requests.h"
#include "services/dynamodb/partiql/partiql_writes.h"
#include "store/store.h"

namespace ddblog::dynamodb {
namespace {

class ExecuteStatement {
 public:
  ExecuteStatement(rpc::RequestReader& request, Context& context);
  bool writes() const;
  std::string run(const Reader& reader) const;      // SELECT
  std::string run(Transaction& transaction) const;  // any other statement

  void prepare(const Reader& reader) {
    prepared_ = prepareStatement(reader, context_, statement_, returns_item_on_failure_);
  }
  void forgetPreparation() {
    prepared_ = nullptr;
    can_be_prepared_ = false;
  }

 private:
  Item startKey(const Table& table, const Index* index) const;
  void goOnAfter(const Table& table, ReadPlan& plan) const;
  std::string nextToken(const std::string& last_key) const;
  ItemChange apply(Transaction& transaction, const Table& table, const ItemWrite& write) const;

  Context& context_;
  CapacityReport capacity_ = CapacityReport::kNone;
  bool consistent_ = false;
  bool returns_item_on_failure_ = false;
  std::optional<std::int64_t> limit_;
  std::optional<std::string> next_token_;
  std::uint64_t fingerprint_ = 0;  // of the statement: a token is valid for one statement only
  partiql::Statement statement_;
  std::shared_ptr<const PreparedWrite> prepared_;
  bool can_be_prepared_ = true;
};

using partiql::SelectStatement;

ApiError invalidToken() { return validationError("Invalid NextToken"); }

// Whether a SELECT on a local index asks for attributes that only the table holds.
bool wantsWholeItems(const Table& table, const Index* index, const SelectStatement& select) {
  if (!index || !select.projection) return false;
  const auto attributes = attributesOf(*select.projection);
  return std::any_of(attributes.begin(), attributes.end(),
                     [&](const std::string& name) { return !projects(table, *index, name); });
}

ExecuteStatement::ExecuteStatement(rpc::RequestReader& request, Context& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  StatementRequest statement(fields);
  consistent_ = fields.boolean("ConsistentRead").value_or(false);
  next_token_ = fields.string("NextToken", {.min = 1, .max = limits::kNextTokenLength});
  capacity_ = readCapacityReport(fields);
  limit_ = fields.integer("Limit", {.min = 1, .max = 2'147'483'647});
  returns_item_on_failure_ = readReturnsItemOnFailure(fields);
  request.finish();

  statement_ = statement.parse();
  fingerprint_ = statement.fingerprint();
  if (std::holds_alternative<partiql::ExistsStatement>(statement_)) {
    throw validationError("EXISTS can only be used in ExecuteTransaction write requests.");
  }
}

bool ExecuteStatement::writes() const { return !isRead(statement_); }

// A token is the key of the last item read and the fingerprint of the statement, as JSON in base64.
std::string ExecuteStatement::nextToken(const std::string& last_key) const {
  std::string text;
  JsonWriter json(text);
  json.beginObject().key("statement").value(std::to_string(fingerprint_)).key("key").raw(last_key).endObject();
  return toBase64(text);
}

Item ExecuteStatement::startKey(const Table& table, const Index* index) const {
  const auto text = fromBase64(*next_token_);
  if (!text) throw invalidToken();
  json::value token;
  try {
    token = parseJson(*text);
  } catch (const std::invalid_argument&) {
    throw invalidToken();
  }
  const json::object* object = token.if_object();
  const json::value* statement = object ? object->if_contains("statement") : nullptr;
  const json::value* key = object ? object->if_contains("key") : nullptr;
  if (!statement || !statement->is_string() || !key || !key->is_object()) throw invalidToken();
  if (statement->get_string() != std::to_string(fingerprint_)) {
    throw validationError("NextToken does not match request");
  }
  Item start = readItem(key->get_object());
  for (const KeyAttribute& attribute : pageKeyAttributes(table, index)) {
    const auto found = start.find(attribute.name);
    if (found == start.end() || found->second.type() != attribute.type) throw invalidToken();
  }
  return start;
}

// Removes from the plan everything up to and including the item that the token names.
void ExecuteStatement::goOnAfter(const Table& table, ReadPlan& plan) const {
  const Item start = startKey(table, plan.index);
  const auto key = plan.index ? indexEntryKey(table, *plan.index, start) : itemKey(table, start);
  if (!key) throw invalidToken();
  const auto found = std::find_if(plan.ranges.begin(), plan.ranges.end(),
                                  [&](const StoredRange& range) { return range.begin <= *key && *key < range.end; });
  if (found == plan.ranges.end()) throw invalidToken();
  *found = after(std::move(*found), *key, plan.direction);
  plan.ranges.erase(plan.ranges.begin(), found);
}

std::string ExecuteStatement::run(const Reader& reader) const {
  const auto& select = std::get<SelectStatement>(statement_);
  const auto table = context_.catalog.get(reader, select.source.table);
  ReadPlan plan = planRead(*table, select, consistent_);
  const bool decomposed = plan.ranges.size() > 1;
  if (next_token_) goOnAfter(*table, plan);

  Page page;
  page.items = "[]";
  if (!plan.ranges.empty()) {
    ItemPageRequest request(*table, plan.index, plan.ranges.front());
    request.further_ranges.assign(plan.ranges.begin() + 1, plan.ranges.end());
    request.direction = plan.direction;
    request.limit = limit_;
    if (decomposed) request.limit = std::min(limit_.value_or(limits::kDecomposedPage), limits::kDecomposedPage);
    request.filter = plan.filters ? &*select.where : nullptr;
    request.projection = select.projection ? &*select.projection : nullptr;
    request.whole_items = wantsWholeItems(*table, plan.index, select);
    request.consistent = consistent_;
    page = readPage(reader, request);
  }

  std::string body;
  body.reserve(page.items.size() + 2 * page.last_key.size() + 256);
  JsonWriter json(body);
  json.beginObject().key("Items").raw(page.items);
  if (!page.last_key.empty() && !plan.one_item) {
    json.key("LastEvaluatedKey").raw(page.last_key);
    json.key("NextToken").value(nextToken(page.last_key));
  }
  if (capacity_ != CapacityReport::kNone) {
    json.key("ConsumedCapacity");
    page.capacity.write(json, select.source.table, capacity_);
  }
  json.endObject();
  return body;
}

// AWS spells the member of a failed condition's message "Message" here.
ItemChange ExecuteStatement::apply(Transaction& transaction, const Table& table, const ItemWrite& write) const {
  try {
    return applyStatement(transaction, context_, table, statement_, write);
  } catch (const ApiError& error) {
    if (error.type() != "ConditionalCheckFailedException") throw;
    json::object fields = error.fields();
    fields["Message"] = error.message();
    throw ApiError(error.type(), "", error.status(), std::move(fields));
  }
}

std::string ExecuteStatement::run(Transaction& transaction) const {
  const std::string& table_name = tableOf(statement_);
  const auto table = context_.catalog.get(transaction, table_name);
  ItemWrite write = itemWriteOf(*table, statement_, returns_item_on_failure_);
  write.prepared = prepared_;
  write.can_be_prepared = can_be_prepared_;
  checkWriteTypes(*table, write);
  const ItemChange change = apply(transaction, *table, write);

  std::string body;
  JsonWriter json(body);
  json.beginObject().key("Items").beginArray();
  if (const auto item = returnedItem(statement_, change)) json.raw(*item);
  json.endArray();
  if (capacity_ != CapacityReport::kNone) {
    json.key("ConsumedCapacity");
    change.capacity.write(json, table_name, capacity_);
  }
  json.endObject();
  return body;
}

}  // namespace

void addExecuteStatement(rpc::JsonApi& service, Context& context) {
  addReadOrPreparedWrite<ExecuteStatement>(service, "ExecuteStatement", context);
}

}  // namespace ddblog::dynamodb
