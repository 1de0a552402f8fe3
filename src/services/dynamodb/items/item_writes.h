// The one write path of items: PutItem, UpdateItem, DeleteItem, batches, transactions, PartiQL, and
// expiry all use it.
//
// An ItemWrite describes the write of one item. applyWrite executes it, in DynamoDB's order: it
// checks the key against the schema, reads the current item, evaluates the condition, builds the
// new item, checks its size and its index keys, and writes item, index entries, expiry entry,
// statistics and change record in one transaction.
//
// Errors: ValidationException, TransactionConflictException (ongoing_transactions.h), and
// ConditionalCheckFailedException (with the item's attributes in the error's field "Item" if the
// write asks for them). All errors come before the first put: a rejected write has written nothing.
//
// All other writes wait while one runs, and decoding an item of 400 KB and evaluating expressions on
// it can take a hundred milliseconds. So a write of a large item can be prepared: prepareWrite
// computes its outcome on another thread from a snapshot, and applyWrite uses it if the item is
// still the same. If it is not, applyWrite throws StalePreparation before the first put, and the
// write is prepared again (prepared_operation.h). It throws that too if it finds a large item whose
// write can be prepared, so nobody else needs to look at the item before: small items pay nothing.
//
// Thread safety: applyWrite runs on the writer thread, prepareWrite on any other; an ItemWrite is a
// value.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expression/condition.h"
#include "expression/update.h"
#include "item/attribute_value.h"
#include "services/dynamodb/changes/change_records.h"
#include "services/dynamodb/core/capacity.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/table.h"
#include "store/store.h"

namespace ddblog::dynamodb {

struct PreparedWrite;  // item_writes.cc

// An item changed after its write was prepared, or a write is worth preparing and is not prepared.
class StalePreparation : public std::exception {
 public:
  const char* what() const noexcept override { return "the write is to be prepared (again)"; }
};

struct ItemWrite {
  enum class Kind { kPut, kUpdate, kDelete, kCheck };  // kCheck: a condition and no write (transactions)

  Kind kind = Kind::kPut;
  Item item;            // kPut: the whole item; the others: its key
  std::string encoded;  // kPut: `item` in its stored form, encoded before the writer thread
  std::optional<Condition> condition;
  std::optional<Update> update;  // kUpdate; none: only makes sure that the item exists
  bool returns_item_on_failure = false;
  bool conflicts = true;  // rejected if a transaction of the item is ongoing; false: written after it
  ChangedBy changed_by = ChangedBy::kUser;
  std::shared_ptr<const PreparedWrite> prepared = {};
  bool can_be_prepared = false;  // applyWrite throws StalePreparation if that is worth it and was not done

  // Throws ApiError ValidationException: the item is larger than 400 KB.
  static ItemWrite put(Item item);
  static ItemWrite remove(Item key);
};

// Throws ApiError ValidationException: the item is larger than 400 KB.
void checkItemSize(const Item& item);

// The effect of a write. Images are stored items (item/stored_item.h); empty: the item did not or
// does not exist.
struct ItemChange {
  std::string old_image;
  std::string new_image;
  ConsumedCapacity capacity;
};

// Checks the write's keys against the schema, as applyWrite does first: those of the table and, of
// a put, those of its indexes.
void checkKeys(const Table& table, const ItemWrite& write);

ItemChange applyWrite(Transaction& transaction, Context& context, const Table& table, const ItemWrite& write);

// Whether the write takes long enough to prepare it: the current item or the request is large and
// there is something to compute.
bool isWorthPreparing(const Context& context, std::string_view table_name, const ItemWrite& write);
// Sets write.prepared. Errors of the write are kept for applyWrite.
void prepareWrite(const Reader& reader, const Context& context, std::string_view table_name, ItemWrite& write);

// Fills a new index with the table's current items. It is one command, so the writer does nothing
// else meanwhile.
void fillIndex(Transaction& transaction, const Table& table, const Index& index);

// The item's "ItemCollectionKey" and "SizeEstimateRangeGB" for ReturnItemCollectionMetrics; only
// tables with local indexes have them.
bool hasItemCollections(const Table& table);
void writeItemCollectionMetrics(JsonWriter& json, const Table& table, const Item& key);
// The same for several items, as a list with each collection once.
void writeItemCollections(JsonWriter& json, const Table& table, const std::vector<const Item*>& keys);

}  // namespace ddblog::dynamodb
