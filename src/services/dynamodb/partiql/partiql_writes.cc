#include "services/dynamodb/partiql/partiql_writes.h"

#include <utility>

#include "base/api_error.h"
#include "item/stored_item.h"
#include "item/wire_json.h"
#include "services/dynamodb/items/item_requests.h"
#include "services/dynamodb/partiql/partiql_keys.h"
#include "services/dynamodb/partiql/partiql_requests.h"

namespace ddblog::dynamodb {
namespace {

using partiql::DeleteStatement;
using partiql::ExistsStatement;
using partiql::InsertStatement;
using partiql::Returning;
using partiql::SelectStatement;
using partiql::UpdateStatement;

Condition itemExists(const Table& table) { return Condition::attributeExists({table.key.hash.front().name, {}}); }
Condition itemIsMissing(const Table& table) { return Condition::attributeNotExists({table.key.hash.front().name, {}}); }

void rejectIndex(const partiql::Source& source) {
  if (!source.index.empty()) throw validationError("This operation is not supported on an index");
}

struct ToItemWrite {
  const Table& table;

  ItemWrite operator()(const InsertStatement& insert) const {
    ItemWrite write = ItemWrite::put(insert.item);
    write.condition = itemIsMissing(table);
    return write;
  }

  ItemWrite operator()(const UpdateStatement& update) const {
    rejectIndex(update.source);
    NamedItem item = namedItem(table, update.where);
    ItemWrite write = ItemWrite::remove(std::move(item.key));
    write.kind = ItemWrite::Kind::kUpdate;
    write.update = update.update;
    write.condition = itemExists(table);
    if (item.condition) write.condition = Condition::both(*std::move(write.condition), *std::move(item.condition));
    return write;
  }

  ItemWrite operator()(const DeleteStatement& remove) const {
    rejectIndex(remove.source);
    NamedItem item = namedItem(table, remove.where);
    ItemWrite write = ItemWrite::remove(std::move(item.key));
    if (item.condition) write.condition = Condition::any({itemIsMissing(table), *std::move(item.condition)});
    return write;
  }

  ItemWrite operator()(const ExistsStatement& exists) const {
    const ApiError refusal = validationError("EXISTS() must contain a single item read with additional condition");
    std::optional<NamedItem> item;
    try {
      item = namedItem(table, exists.select.where);
    } catch (const ApiError&) {
      throw refusal;
    }
    if (!item->condition) throw refusal;
    ItemWrite write = ItemWrite::remove(std::move(item->key));
    write.kind = ItemWrite::Kind::kCheck;
    write.condition = std::move(item->condition);  // may hold for a missing item, as in a ConditionCheck
    return write;
  }

  ItemWrite operator()(const SelectStatement&) const { throw internalError("A SELECT writes nothing"); }
};

}  // namespace

ItemWrite itemWriteOf(const Table& table, const partiql::Statement& statement, bool returns_item_on_failure) {
  ItemWrite write = std::visit(ToItemWrite{table}, statement);
  write.returns_item_on_failure = returns_item_on_failure;
  return write;
}

void checkWriteTypes(const Table& table, const ItemWrite& write) {
  if (write.kind == ItemWrite::Kind::kPut) {
    checkInsertedTypes(table, write.item);
  } else {
    checkKeyTypes(table, write.item);
  }
}

ItemChange applyStatement(Transaction& transaction, Context& context, const Table& table,
                          const partiql::Statement& statement, const ItemWrite& write) {
  try {
    return applyWrite(transaction, context, table, write);
  } catch (const ApiError& error) {
    const bool is_insert = std::holds_alternative<InsertStatement>(statement);
    if (!is_insert || error.type() != "ConditionalCheckFailedException") throw;
    throw ApiError("DuplicateItemException", "Duplicate primary key exists in table");
  }
}

namespace {

// std::nullopt: the statement has none, or is invalid.
std::optional<ItemWrite> findItemWrite(const Reader& reader, const Context& context,
                                       const partiql::Statement& statement, bool returns_item_on_failure) {
  const auto table = context.catalog.find(reader, tableOf(statement));
  if (!table) return std::nullopt;
  try {
    return itemWriteOf(*table, statement, returns_item_on_failure);
  } catch (const ApiError&) {
    return std::nullopt;
  }
}

}  // namespace

std::shared_ptr<const PreparedWrite> prepareStatement(const Reader& reader, const Context& context,
                                                      const partiql::Statement& statement,
                                                      bool returns_item_on_failure) {
  auto write = findItemWrite(reader, context, statement, returns_item_on_failure);
  const std::string& table_name = tableOf(statement);
  if (!write || !isWorthPreparing(context, table_name, *write)) return nullptr;
  prepareWrite(reader, context, table_name, *write);
  return write->prepared;
}

std::optional<std::string> returnedItem(const partiql::Statement& statement, const ItemChange& change) {
  const Returning returning = returningOf(statement);
  const bool old = returning == Returning::kAllOld || returning == Returning::kModifiedOld;
  const std::string& image = old ? change.old_image : change.new_image;
  if (returning == Returning::kNothing || image.empty()) return std::nullopt;
  if (returning == Returning::kAllOld || returning == Returning::kAllNew) return storedItemJson(image);
  const Item parts = touchedParts(std::get<UpdateStatement>(statement).update, decodeItem(image));
  if (parts.empty()) return std::nullopt;
  return itemJson(parts);
}

}  // namespace ddblog::dynamodb
