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

struct DeletedPart {
  std::uint64_t table_id = 0;
  std::uint64_t index_id = 0;  // 0: the whole table
};

std::string allEntries() { return KeyBuilder(key_spaces::kTables).bytes("E").str(); }

std::string entryKey(const DeletedPart& part) {
  return KeyBuilder(key_spaces::kTables).bytes("E").number(part.table_id).number(part.index_id).str();
}

std::vector<DeletedPart> entries(const Reader& reader) {
  std::vector<DeletedPart> found;
  for (auto cursor = reader.cursor(allEntries(), endOfPrefix(allEntries())); cursor->valid(); cursor->next()) {
    KeyParser key(cursor->key().substr(1));  // KeyParser skips a key space: here the letter
    DeletedPart& part = found.emplace_back();
    part.table_id = key.number();
    part.index_id = key.number();
  }
  return found;
}

std::vector<StoredRange> rangesOf(const DeletedPart& part) {
  if (part.index_id == 0) return {itemsOfTable(part.table_id), indexEntriesOfTable(part.table_id)};
  Table table;
  table.id = part.table_id;
  Index index;
  index.id = static_cast<std::uint32_t>(part.index_id);
  return {wholeRange(table, &index)};
}

// Erases as many keys of the range as one command may. Returns whether the range is empty now;
// moves `range.begin` past the erased keys, so that the next command need not walk over them.
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

void eraseLater(Transaction& transaction, const Table& table) { transaction.put(entryKey({table.id, 0}), ""); }

void eraseLater(Transaction& transaction, const Table& table, const Index& index) {
  transaction.put(entryKey({table.id, index.id}), "");
}

DeletedTables::DeletedTables(Context& context, Sweeper::Warn warn)
    : sweeper_(context.clock, std::move(warn), [&context] { return sweep(context); }) {}

RunningTime DeletedTables::sweep(Context& context) {
  int commands = 0;
  for (const DeletedPart& part : entries(*context.store.snapshot())) {
    std::vector<StoredRange> ranges = rangesOf(part);
    for (StoredRange& range : ranges) {
      while (!eraseSome(context.store, range)) {
        if (++commands == limits::kCommandsPerSweep) return context.clock.runningTime();
      }
    }
    context.store.writeAndWait([&](Transaction& transaction) { transaction.erase(entryKey(part)); });
  }
  return context.clock.runningTime() + limits::kDeletedTablesInterval;
}

}  // namespace ddblog::dynamodb
