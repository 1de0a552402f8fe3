#include "services/dynamodb/items/item_writes.h"

#include <algorithm>
#include <set>

#include "base/api_error.h"
#include "expression/update_charge.h"
#include "item/item_size.h"
#include "item/limits.h"
#include "item/stored_item.h"
#include "item/wire_json.h"
#include "rpc/traces.h"
#include "services/dynamodb/core/item_keys.h"
#include "services/dynamodb/core/key_checks.h"
#include "services/dynamodb/core/table_statistics.h"
#include "services/dynamodb/items/expiry.h"

namespace ddblog::dynamodb {
namespace {

// A stored item, decoded on first use.
class Image {
 public:
  Image() = default;  // no item
  explicit Image(std::string stored) : owned_(std::make_unique<Owned>()) {
    owned_->stored = std::move(stored);
    stored_ = owned_->stored;
  }
  Image(std::string stored, Item item) : Image(std::move(stored)) {
    owned_->item = std::move(item);
    item_ = &owned_->item;
  }
  // Refers to the caller's data, which must outlive it. `item` nullptr: not decoded yet.
  static Image of(std::string_view stored, const Item* item) {
    Image image;
    image.stored_ = stored;
    image.item_ = item;
    return image;
  }

  bool exists() const { return !stored_.empty(); }
  std::string_view stored() const { return stored_; }
  const Item& item() {
    static const Item kNone;
    if (!exists()) return kNone;
    if (!item_) {
      if (!owned_) owned_ = std::make_unique<Owned>();
      owned_->item = decodeItem(stored_);
      item_ = &owned_->item;
    }
    return *item_;
  }
  // The item, decoded already elsewhere; it must outlive the image.
  void useItem(const Item* item) { item_ = item; }
  // Invalidates this image and those that refer to it, as takeStored does.
  Item takeItem() { return owned_ && item_ == &owned_->item ? std::move(owned_->item) : item(); }
  // Invalidates this image and those that refer to it.
  std::string takeStored() {
    return owned_ && !owned_->stored.empty() ? std::move(owned_->stored) : std::string(stored_);
  }

 private:
  struct Owned {
    std::string stored;
    Item item;
  };
  std::unique_ptr<Owned> owned_;  // on the heap, so that views and pointers into it survive a move
  std::string_view stored_;
  const Item* item_ = nullptr;
};

struct IndexEntry {
  std::string key;
  std::string value;
};

std::optional<IndexEntry> entryOf(const Table& table, const Index& index, Image& image) {
  if (!image.exists()) return std::nullopt;
  std::optional<std::string> key = indexEntryKey(table, index, image.item());
  if (!key) return std::nullopt;
  if (index.projection == ProjectionType::kAll) return IndexEntry{std::move(*key), std::string(image.stored())};
  return IndexEntry{std::move(*key), encodeItem(projectedItem(table, index, image.item()))};
}

std::int64_t bytesOf(const std::optional<IndexEntry>& entry) {
  return entry ? static_cast<std::int64_t>(storedItemSize(entry->value)) : 0;
}

// An entry whose key stays costs one write of the larger size. One whose key changes is erased and
// put again.
double changeEntry(Transaction& transaction, const std::optional<IndexEntry>& before,
                   const std::optional<IndexEntry>& after) {
  if (before && after && before->key == after->key) {
    if (before->value == after->value) return 0;
    transaction.put(after->key, after->value);
    return writeUnits(static_cast<std::size_t>(std::max(bytesOf(before), bytesOf(after))));
  }
  double units = 0;
  if (before) {
    transaction.erase(before->key);
    units += writeUnits(storedItemSize(before->value));
  }
  if (after) {
    transaction.put(after->key, after->value);
    units += writeUnits(storedItemSize(after->value));
  }
  return units;
}

void changeIndexes(Transaction& transaction, const Table& table, Image& before, Image& after,
                   ConsumedCapacity& capacity) {
  for (const Index& index : table.indexes) {
    const auto entry_before = entryOf(table, index, before);
    const auto entry_after = entryOf(table, index, after);
    const double units = changeEntry(transaction, entry_before, entry_after);
    if (units == 0) continue;
    capacity.addIndex(index, units);
    countIndexChange(
        transaction, table, index,
        {static_cast<std::int64_t>(entry_after.has_value()) - static_cast<std::int64_t>(entry_before.has_value()),
         bytesOf(entry_after) - bytesOf(entry_before)});
  }
}

// The only code that writes an item's change.
void change(Transaction& transaction, Context& context, const Table& table, const ItemWrite& write,
            const std::string& key, Image& before, Image& after, ConsumedCapacity& capacity) {
  if (before.stored() == after.stored()) return;
  if (after.exists()) {
    transaction.put(key, std::string(after.stored()));
  } else {
    transaction.erase(key);
  }
  changeIndexes(transaction, table, before, after, capacity);
  if (!table.ttl_attribute.empty()) {
    updateExpiry(transaction, table, before.exists() ? &before.item() : nullptr,
                 after.exists() ? &after.item() : nullptr);
  }
  countItemChange(transaction, table, before.stored(), after.stored());
  appendChangeRecord(transaction, context, table, write.item, before.stored(), after.stored(), write.changed_by);
}

// Such an update does not create an item.
bool onlyRemoves(const Update& update) {
  return !update.actions.empty() &&
         std::all_of(update.actions.begin(), update.actions.end(), [](const UpdateAction& action) {
           return action.kind == UpdateAction::Kind::kRemove || action.kind == UpdateAction::Kind::kDelete;
         });
}

Image updated(const Table& table, const ItemWrite& write, Image& before) {
  if (!before.exists() && write.update && onlyRemoves(*write.update)) return Image();
  const Item& old_item = before.exists() ? before.item() : write.item;
  Item item = write.update ? apply(*write.update, old_item, before.exists()) : old_item;
  checkUpdatedIndexKeys(table, item);
  if (itemDepth(item) > limits::kItemDepth) throw validationError("Nesting Levels have exceeded supported limits");
  if (itemSize(item) > limits::kItemBytes) {
    throw validationError("Item size to update has exceeded the maximum allowed size");
  }
  std::string stored = encodeItem(item);
  return Image(std::move(stored), std::move(item));
}

Image imageAfter(const Table& table, const ItemWrite& write, Image& before) {
  switch (write.kind) {
    case ItemWrite::Kind::kPut:
      return Image::of(write.encoded, &write.item);
    case ItemWrite::Kind::kUpdate:
      return updated(table, write, before);
    case ItemWrite::Kind::kDelete:
      return Image();
    case ItemWrite::Kind::kCheck:
      break;
  }
  return Image::of(before.stored(), nullptr);
}

ApiError conditionFailed(const ItemWrite& write, Image& before) {
  json::object fields;
  if (write.returns_item_on_failure && before.exists()) fields["Item"] = itemToJson(before.item());
  return {"ConditionalCheckFailedException", "The conditional request failed", 400, std::move(fields)};
}

// Throws if the condition fails or the update is invalid for the item.
Image decide(const Table& table, const ItemWrite& write, Image& before) {
  if (write.condition && !evaluate(*write.condition, before.item())) throw conditionFailed(write, before);
  return imageAfter(table, write, before);
}

void checkSchema(const Table& table, const ItemWrite& write) {
  checkKeys(table, write);
  if (write.update) checkUpdate(table, *write.update);
  if (write.condition) checkPaths(table, *write.condition);
}

ApiError tooLarge() { return validationError("Item size has exceeded the maximum allowed size"); }

// Smaller items are decoded and changed faster than a thread is woken.
constexpr std::size_t kWorthPreparing = 16u << 10;

// A condition with few of them costs little.
constexpr std::size_t kCheapOperands = 4;

std::size_t operandsOf(const Condition& condition) {
  std::size_t count = condition.operands.size();
  for (const Condition& child : condition.children) count += operandsOf(child);
  return count;
}

}  // namespace

// The items are what indexes and expiry need of them: a whole one takes twenty times as much memory
// as its stored form, and a transaction has a hundred.
struct PreparedWrite {
  std::shared_ptr<const Table> table;
  std::string before;
  Item item_before;
  std::exception_ptr error;
  std::string after;  // of an update
  Item item_after;
};

namespace {

bool hasMuchToCompute(const ItemWrite& write) {
  return write.update || (write.condition && operandsOf(*write.condition) > kCheapOperands);
}

bool isLarge(const ItemWrite& write, std::size_t stored_bytes) {
  return stored_bytes > kWorthPreparing ||
         (write.update && stored_bytes + requestCharge(*write.update) > kWorthPreparing);
}

bool isCurrent(const PreparedWrite& prepared, const Table& table, const Image& before) {
  return prepared.table.get() == &table && prepared.before == before.stored();
}

Image preparedImage(const Table& table, const ItemWrite& write, Image& before) {
  const PreparedWrite& prepared = *write.prepared;
  if (prepared.error) std::rethrow_exception(prepared.error);
  before.useItem(&prepared.item_before);
  if (write.kind == ItemWrite::Kind::kUpdate) return Image::of(prepared.after, &prepared.item_after);
  return imageAfter(table, write, before);
}

}  // namespace

bool isWorthPreparing(const Context& context, std::string_view table_name, const ItemWrite& write) {
  if (!hasMuchToCompute(write)) return false;
  const auto snapshot = context.store.snapshot();
  const auto table = context.catalog.find(*snapshot, table_name);
  if (!table || !hasKey(*table, write.item)) return false;
  const auto stored = snapshot->get(itemKey(*table, write.item));
  return isLarge(write, stored ? stored->size() : 0);
}

namespace {

// Whether what follows from an item's change, its entries in indexes and its expiry, depends on the
// attribute.
bool hasConsequences(const Table& table, const std::string& attribute) {
  if (attribute == table.ttl_attribute) return true;
  const auto is_key = [&](const KeyAttribute& key) { return key.name == attribute; };
  const auto is_in = [&](const KeySchema& schema) {
    return std::any_of(schema.hash.begin(), schema.hash.end(), is_key) ||
           std::any_of(schema.range.begin(), schema.range.end(), is_key);
  };
  return is_in(table.key) || std::any_of(table.indexes.begin(), table.indexes.end(), [&](const Index& index) {
           const auto& others = index.non_key_attributes;
           return is_in(index.key) || std::find(others.begin(), others.end(), attribute) != others.end();
         });
}

void keepConsequences(const Table& table, Item& item) {
  std::erase_if(item, [&](const auto& attribute) { return !hasConsequences(table, attribute.first); });
}

}  // namespace

void prepareWrite(const Reader& reader, const Context& context, std::string_view table_name, ItemWrite& write) {
  write.prepared = nullptr;
  auto table = context.catalog.find(reader, table_name);
  if (!table) return;
  try {
    checkSchema(*table, write);
  } catch (const ApiError&) {
    return;  // the command reports it
  }
  const auto prepared = std::make_shared<PreparedWrite>();
  prepared->before = reader.get(itemKey(*table, write.item)).value_or("");
  Image before = Image::of(prepared->before, nullptr);
  try {
    if (before.exists()) prepared->item_before = decodeItem(prepared->before);
    before.useItem(&prepared->item_before);
    Image after = decide(*table, write, before);
    if (write.kind == ItemWrite::Kind::kUpdate) {
      prepared->item_after = after.takeItem();
      prepared->after = after.takeStored();
    }
    keepConsequences(*table, prepared->item_before);
    keepConsequences(*table, prepared->item_after);
  } catch (const ApiError&) {
    prepared->item_before.clear();
    prepared->error = std::current_exception();
  }
  prepared->table = std::move(table);
  write.prepared = prepared;
}

void checkItemSize(const Item& item) {
  if (itemSize(item) > limits::kItemBytes) throw tooLarge();
}

ItemWrite ItemWrite::put(Item item) {
  ItemWrite write;
  write.kind = Kind::kPut;
  write.encoded = encodeItem(item);
  if (storedItemSize(write.encoded) > limits::kItemBytes) throw tooLarge();
  write.item = std::move(item);
  return write;
}

ItemWrite ItemWrite::remove(Item key) {
  ItemWrite write;
  write.kind = Kind::kDelete;
  write.item = std::move(key);
  return write;
}

void checkKeys(const Table& table, const ItemWrite& write) {
  if (write.kind == ItemWrite::Kind::kPut) {
    checkItem(table, write.item);
  } else {
    checkKey(table, write.item);
  }
}

namespace {

// Tells who shows traces what a function has written.
void trace(Transaction& transaction, const Context& context, const Table& table, const ItemWrite& write,
           const ItemChange& done) {
  if (write.kind == ItemWrite::Kind::kCheck) return;
  rpc::Span span{
      .kind = rpc::Span::Kind::kWrite, .parent = transaction.cause(), .subject = table.name, .at = context.clock.now()};
  std::vector<NamedValue> key;
  for (const auto* attributes : {&table.key.hash, &table.key.range}) {
    for (const KeyAttribute& attribute : *attributes) key.emplace_back(attribute.name, &write.item.at(attribute.name));
  }
  std::ranges::sort(key, {}, &NamedValue::first);
  const std::string stored_key = encodeItem(key);
  span.key = stored_key;
  span.is_partial = std::max(done.old_image.size(), done.new_image.size()) > rpc::Span::kMostText;
  if (!span.is_partial) {
    span.before = done.old_image;
    span.after = done.new_image;
  }
  context.traces->addAfterCommit(transaction, span);
}

}  // namespace

ItemChange applyWrite(Transaction& transaction, Context& context, const Table& table, const ItemWrite& write) {
  checkSchema(table, write);
  const std::string key = itemKey(table, write.item);
  if (write.conflicts) context.ongoing_transactions.throwIfOngoing(transaction, key);
  std::optional<std::string> stored = transaction.get(key);
  Image before = stored ? Image(std::move(*stored)) : Image();
  const bool is_to_be_prepared =
      write.prepared ? !isCurrent(*write.prepared, table, before)
                     : write.can_be_prepared && hasMuchToCompute(write) && isLarge(write, before.stored().size());
  if (is_to_be_prepared) throw StalePreparation();
  Image after = write.prepared ? preparedImage(table, write, before) : decide(table, write, before);

  ItemChange done;
  const std::size_t old_size = before.exists() ? storedItemSize(before.stored()) : 0;
  const std::size_t new_size = after.exists() ? storedItemSize(after.stored()) : 0;
  done.capacity.addTable(writeUnits(std::max(old_size, new_size)));
  change(transaction, context, table, write, key, before, after, done.capacity);
  done.new_image = after.takeStored();
  done.old_image = before.takeStored();
  if (context.traces && !transaction.cause().empty()) trace(transaction, context, table, write, done);
  return done;
}

void fillIndex(Transaction& transaction, const Table& table, const Index& index) {
  const StoredRange range = wholeRange(table, nullptr);
  TableStatistics change;
  for (auto cursor = transaction.cursor(range.begin, range.end); cursor->valid(); cursor->next()) {
    Image image{std::string(cursor->value())};
    const auto entry = entryOf(table, index, image);
    if (!entry) continue;
    transaction.put(entry->key, entry->value);
    ++change.items;
    change.bytes += bytesOf(entry);
  }
  countIndexChange(transaction, table, index, change);
}

bool hasItemCollections(const Table& table) {
  return std::any_of(table.indexes.begin(), table.indexes.end(), [](const Index& index) { return !index.global; });
}

void writeItemCollectionMetrics(JsonWriter& json, const Table& table, const Item& key) {
  json.beginObject().key("ItemCollectionKey").beginObject();
  for (const KeyAttribute& attribute : table.key.hash) {
    json.key(attribute.name);
    writeAttributeValue(json, key.at(attribute.name));
  }
  // We do not track the size of collections: these bounds fit every collection under 1 GB.
  json.endObject().key("SizeEstimateRangeGB").beginArray().value(0.0).value(1.0).endArray().endObject();
}

void writeItemCollections(JsonWriter& json, const Table& table, const std::vector<const Item*>& keys) {
  std::set<std::string> seen;
  json.beginArray();
  for (const Item* key : keys) {
    std::string text;
    JsonWriter one(text);
    writeItemCollectionMetrics(one, table, *key);
    if (seen.insert(text).second) json.raw(text);
  }
  json.endArray();
}

}  // namespace ddblog::dynamodb
