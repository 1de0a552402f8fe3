// TransactWriteItems: up to 100 puts, updates, deletes and condition checks of different items, all
// of them or none. The store's one writer serialises transactions anyway; a transaction is
// cancelled if it touches an item of another one that is not committed yet
// (ongoing_transactions.h).
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/api_error.h"
#include "base/limits.h"
#include "item/stored_item.h"
#include "rpc/operation.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/capacity.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/item_keys.h"
#include "services/dynamodb/core/key_checks.h"
#include "services/dynamodb/items/item_requests.h"
#include "services/dynamodb/items/item_writes.h"
#include "services/dynamodb/items/prepared_operation.h"
#include "services/dynamodb/transactions/cancellation.h"
#include "services/dynamodb/transactions/transacted_items.h"
#include "services/dynamodb/transactions/transaction_tokens.h"
#include "store/store.h"

namespace ddblog::dynamodb {
namespace {

class TransactWriteItems {
 public:
  TransactWriteItems(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

  void prepare(const Reader& reader);
  void forgetPreparation();

 private:
  struct Action {
    std::string table_name;
    ItemWrite write;
  };
  using Tables = std::vector<std::shared_ptr<const Table>>;  // one for each action

  void rejectItemsNamedTwice(const Tables& tables) const;
  void checkKeys(const Tables& tables) const;
  TransactedItems applyAll(Transaction& transaction, const Tables& tables) const;
  std::string answer(const Tables& tables, const ConsumedByTable& consumed, CapacityKind kind) const;

  Context& context_;
  CapacityReport capacity_ = CapacityReport::kNone;
  bool metrics_ = false;
  std::optional<std::string> token_;
  std::uint64_t fingerprint_ = 0;
  std::vector<Action> actions_;
};

using Kind = ItemWrite::Kind;

// One of an action's structures ("Put", "Update" …), with its fields read.
struct ActionRequest {
  ActionRequest(Kind kind, rpc::ObjectReader& fields)
      : kind(kind),
        item(deferItem(fields, kind == Kind::kPut ? "Item" : "Key", MessageStyle::kLegacy)),
        table_name(fields.string("TableName", {.required = true}).value_or("")),
        path(fields.path("TableName")),
        returns_item(readReturnsItemOnFailure(fields)),
        expressions(fields, namesFor(kind), {}, {.names_sizes = true}) {
    if (kind == Kind::kUpdate) fields.string("UpdateExpression", {.required = true});
    if (kind == Kind::kCheck) fields.string("ConditionExpression", {.required = true});
  }

  static ExpressionParameters::Names namesFor(Kind kind) {
    if (kind == Kind::kUpdate) return {"UpdateExpression", "ConditionExpression"};
    return {"ConditionExpression"};
  }

  ItemWrite take() {
    expressions.checkTogether();
    ItemWrite parsed;
    // A delete reports errors of its condition before errors of its key.
    if (kind == Kind::kDelete) readExpressions(parsed);
    ItemWrite write = kind == Kind::kPut ? ItemWrite::put(item.take()) : ItemWrite::remove(item.take());
    write.kind = kind;
    write.returns_item_on_failure = returns_item;
    if (kind == Kind::kDelete) {
      write.condition = std::move(parsed.condition);
    } else {
      readExpressions(write);
    }
    return write;
  }

  void readExpressions(ItemWrite& write) {
    expressions.readSubstitutions();
    write.update = expressions.update();
    write.condition = expressions.condition();
    expressions.refuseUnused();
  }

  Kind kind;
  DeferredItem item;
  std::string table_name;
  std::string path;  // of the table's name
  bool returns_item;
  ExpressionParameters expressions;
};

std::vector<ActionRequest> readAction(rpc::ObjectReader& fields) {
  static const std::pair<std::string_view, Kind> kinds[] = {
      {"ConditionCheck", Kind::kCheck}, {"Put", Kind::kPut}, {"Delete", Kind::kDelete}, {"Update", Kind::kUpdate}};
  std::vector<ActionRequest> given;
  for (const auto& [name, kind] : kinds) {
    if (auto action = fields.object(name)) given.emplace_back(kind, *action);
  }
  return given;
}

// Each element must hold exactly one action; then the table names are checked.
void checkActions(MemberChecks checks, const std::vector<std::vector<ActionRequest>>& requests) {
  for (const std::vector<ActionRequest>& of_element : requests) {
    if (of_element.empty()) {
      throw validationError("Invalid Request: TransactWriteRequest should contain Delete or Put or Update request");
    }
    if (of_element.size() > 1) {
      throw validationError("TransactItems can only contain one of Check, Put, Update or Delete");
    }
  }
  for (const std::vector<ActionRequest>& of_element : requests) {
    checks.nestedTableName(of_element.front().table_name, of_element.front().path);
  }
  checks.finish();
}

TransactWriteItems::TransactWriteItems(rpc::RequestReader& request, Context& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  auto given = fields.objects(
      "TransactItems",
      {.required = true, .min = 1, .max = limits::kTransactActions, .element = java::kTransactWriteItem});
  std::vector<std::vector<ActionRequest>> requests;
  if (given) {
    for (rpc::ObjectReader& one : *given) requests.push_back(readAction(one));
  }
  token_ = fields.string("ClientRequestToken", {.min = 1, .max = 36});
  capacity_ = readCapacityReport(fields);
  metrics_ = readMetricsWanted(fields);
  request.finish();
  checkActions(MemberChecks(request), requests);

  for (std::vector<ActionRequest>& request_of_action : requests) {
    ActionRequest& action = request_of_action.front();
    actions_.push_back({action.table_name, action.take()});
    actions_.back().write.can_be_prepared = true;
  }
  CarriedBytes bytes;
  for (const Action& action : actions_) bytes.add(action.write);
  bytes.check();
  if (token_) fingerprint_ = fingerprint(*fields.value("TransactItems"));
}

void TransactWriteItems::rejectItemsNamedTwice(const Tables& tables) const {
  DifferentItems items;
  for (std::size_t i = 0; i < actions_.size(); ++i) items.add(*tables[i], actions_[i].write.item);
}

// Keys are checked before anything is read. An empty one rejects the request as a whole.
void TransactWriteItems::checkKeys(const Tables& tables) const {
  CancellationReasons cancellation(actions_.size());
  for (std::size_t i = 0; i < actions_.size(); ++i) {
    try {
      dynamodb::checkKeys(*tables[i], actions_[i].write);
    } catch (const EmptyKeyValue&) {
      throw;
    } catch (const ApiError& error) {
      cancellation.noteKey(i, error);
    }
  }
  cancellation.throwIfAny();
}

TransactedItems TransactWriteItems::applyAll(Transaction& transaction, const Tables& tables) const {
  CancellationReasons cancellation(actions_.size());
  TransactedItems items;
  for (std::size_t i = 0; i < actions_.size(); ++i) {
    const Action& action = actions_[i];
    try {
      items.addWrite(action.table_name, *tables[i], action.write,
                     applyWrite(transaction, context_, *tables[i], action.write));
    } catch (const EmptyKeyValue&) {
      throw;  // rejects the request as a whole
    } catch (const ApiError& error) {
      cancellation.note(i, error);
    }
  }
  cancellation.throwIfAny();
  items.becomeOngoing(transaction, context_.ongoing_transactions);
  return items;
}

std::string TransactWriteItems::answer(const Tables& tables, const ConsumedByTable& consumed, CapacityKind kind) const {
  std::string body;
  JsonWriter json(body);
  json.beginObject();
  writeConsumedCapacity(json, consumed, capacity_, kind);
  if (metrics_) {
    json.key("ItemCollectionMetrics").beginObject();
    for (const auto& [name, of_table] : consumed) {
      const Table* table = nullptr;
      std::vector<const Item*> items;
      for (std::size_t i = 0; i < actions_.size(); ++i) {
        if (actions_[i].table_name != name || !hasItemCollections(*tables[i])) continue;
        table = tables[i].get();
        items.push_back(&actions_[i].write.item);
      }
      if (!table) continue;
      json.key(name);
      writeItemCollections(json, *table, items);
    }
    json.endObject();
  }
  json.endObject();
  return body;
}

std::string TransactWriteItems::run(Transaction& transaction) const {
  Tables tables;
  for (const Action& action : actions_) tables.push_back(context_.catalog.get(transaction, action.table_name));
  rejectItemsNamedTwice(tables);
  const auto repeated =
      token_ ? findRepetition(transaction, *token_, fingerprint_, context_.clock.runningTime()) : std::nullopt;
  if (repeated) return answer(tables, consumedBy(*repeated), CapacityKind::kTransactionalRead);
  checkKeys(tables);
  const TransactedItems items = applyAll(transaction, tables);
  if (token_) keepToken(transaction, *token_, fingerprint_, items.repetition(), context_.clock.runningTime());
  return answer(tables, items.consumed(), CapacityKind::kTransactionalWrite);
}

void TransactWriteItems::prepare(const Reader& reader) {
  for (Action& action : actions_) {
    action.write.prepared = nullptr;
    if (isWorthPreparing(context_, action.table_name, action.write)) {
      prepareWrite(reader, context_, action.table_name, action.write);
    }
  }
}

void TransactWriteItems::forgetPreparation() {
  for (Action& action : actions_) {
    action.write.prepared = nullptr;
    action.write.can_be_prepared = false;
  }
}

}  // namespace

void addTransactWriteItems(rpc::JsonApi& service, Context& context) {
  addPreparedWrite<TransactWriteItems>(service, "TransactWriteItems", context);
}

}  // namespace ddblog::dynamodb
