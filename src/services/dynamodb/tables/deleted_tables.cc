#include "services/dynamodb/tables/deleted_tables.h"

#include <cstdint>
#include <string>
#include <vector>

#include "services/dynamodb/core/item_keys.h"
#include "services/dynamodb/core/key_spaces.h"
#include "services/dynamodb/core/limits.h"
#include "store/key_space.h"

namespace ddblog::dynamodb {
namespace {

struct LeftBehind {
  std::uint64_t table_id = 0;
  std::uint64_t index_id = 0;  // 0: the whole table
};

std::string allEntries() { return KeyBuilder(key_spaces::kTables).bytes("E").str(); }

std::string entryKey(const LeftBehind& left) {
  return KeyBuilder(key_spaces::kTables).bytes("E").number(left.table_id).number(left.index_id).str();
}

std::vector<LeftBehind> entries(const Reader& reader) {
  std::vector<LeftBehind> found;
  for (auto cursor = reader.cursor(allEntries(), endOfPrefix(allEntries())); cursor->valid(); cursor->next()) {
    KeyParser key(cursor->key().substr(1));  // the letter stands where a key space would
    LeftBehind& left = found.emplace_back();
    left.table_id = key.number();
    left.index_id = key.number();
  }
  return found;
}

std::vector<StoredRange> rangesOf(const LeftBehind& left) {
  if (left.index_id == 0) return {itemsOfTable(left.table_id), indexEntriesOfTable(left.table_id)};
  Table table;
  table.id = left.table_id;
  Index index;
  index.id = static_cast<std::uint32_t>(left.index_id);
  return {wholeRange(table, &index)};
}

// Erases one command's worth of the range; returns whether that was all of it. `range` begins behind what was erased
// then, so that the next command need not walk over it.
bool eraseSome(Store& store, StoredRange& range) {
  bool done = false;
  store.writeAndWait([&](Transaction& transaction) {
    std::vector<std::string> keys;
    for (auto cursor = transaction.cursor(range.begin, range.end);
         cursor->valid() && keys.size() < limits::kErasedPerCommand; cursor->next()) {
      keys.emplace_back(cursor->key());
    }
    for (const std::string& key : keys) transaction.erase(key);
    done = keys.size() < limits::kErasedPerCommand;
    if (!keys.empty()) range.begin = keys.back();
  });
  return done;
}

}  // namespace

void leaveBehind(Transaction& transaction, const Table& table) { transaction.put(entryKey({table.id, 0}), ""); }

void leaveBehind(Transaction& transaction, const Table& table, const Index& index) {
  transaction.put(entryKey({table.id, index.id}), "");
}

DeletedTables::DeletedTables(Context& context, Sweeper::Warn warn)
    : sweeper_(context.clock, std::move(warn), [&context] { return sweep(context); }) {}

Timestamp DeletedTables::sweep(Context& context) {
  int commands = 0;
  for (const LeftBehind& left : entries(*context.store.snapshot())) {
    std::vector<StoredRange> ranges = rangesOf(left);
    for (StoredRange& range : ranges) {
      while (!eraseSome(context.store, range)) {
        if (++commands == limits::kCommandsPerSweep) return context.clock.now();
      }
    }
    context.store.writeAndWait([&](Transaction& transaction) { transaction.erase(entryKey(left)); });
  }
  return context.clock.now() + limits::kDeletedTablesLook;
}

}  // namespace ddblog::dynamodb
