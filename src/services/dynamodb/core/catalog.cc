#include "services/dynamodb/core/catalog.h"

#include "base/api_error.h"
#include "base/bytes.h"
#include "services/dynamodb/core/key_spaces.h"
#include "services/dynamodb/core/limits.h"
#include "services/dynamodb/core/stored_table.h"
#include "services/dynamodb/core/table_name.h"
#include "store/key_space.h"

namespace ddblog::dynamodb {
namespace {

// The parts of the catalog's keys after the key space.
constexpr std::string_view kNextId = "I";  // the next number of a table or a stream: 8 bytes
constexpr std::string_view kTable = "T";   // followed by the table's name as a string: its description (stored_table.h)

std::string tableKey(std::string_view name) { return KeyBuilder(key_spaces::kTables).bytes(kTable).text(name).str(); }

}  // namespace

std::shared_ptr<const Table> Catalog::find(const Reader& reader, std::string_view name_or_arn) const {
  const std::string name(tableNameOf(name_or_arn));
  std::optional<std::string> stored = reader.getHot(tableKey(name));
  if (!stored) return nullptr;
  std::shared_ptr<const Table> table;
  {
    MutexLock lock(mutex_);
    const auto cached = cache_.find(name);
    if (cached != cache_.end() && cached->second.stored == *stored) table = cached->second.table;
  }
  if (!table) {
    table = std::make_shared<const Table>(decodeTable(*stored));
    MutexLock lock(mutex_);
    if (cache_.size() >= limits::kTables) cache_.clear();
    cache_[name] = Cached{std::move(*stored), table};
  }
  // An ARN must match the table's account and region too.
  if (name.size() != name_or_arn.size() && table->arn != name_or_arn) return nullptr;
  return table;
}

std::shared_ptr<const Table> Catalog::get(const Reader& reader, std::string_view name_or_arn) const {
  std::shared_ptr<const Table> table = find(reader, name_or_arn);
  if (!table) throw resourceNotFound("Requested resource not found");
  return table;
}

std::vector<std::string> Catalog::names(const Reader& reader, std::string_view after, std::size_t limit) const {
  const std::string all = KeyBuilder(key_spaces::kTables).bytes(kTable).str();
  std::string begin = all;
  if (!after.empty()) begin = tableKey(after) + '\0';  // the first key after that name's
  std::vector<std::string> names;
  for (auto cursor = reader.cursor(begin, endOfPrefix(all)); cursor->valid() && names.size() < limit; cursor->next()) {
    KeyParser key(cursor->key().substr(kTable.size()));
    names.push_back(key.text());
  }
  return names;
}

void Catalog::put(Transaction& transaction, const Table& table) const {
  transaction.put(tableKey(table.name), encodeTable(table));
}

void Catalog::erase(Transaction& transaction, const Table& table) const {
  transaction.erase(tableKey(table.name));
  MutexLock lock(mutex_);
  cache_.erase(table.name);
}

std::uint64_t Catalog::nextTableId(Transaction& transaction) const {
  const std::string key = KeyBuilder(key_spaces::kTables).bytes(kNextId).str();
  std::uint64_t id = 1;
  if (const std::optional<std::string> stored = transaction.get(key)) {
    std::string_view bytes = *stored;
    id = takeNumber<std::uint64_t>(bytes);
  }
  std::string next;
  appendNumber<std::uint64_t>(next, id + 1);
  transaction.put(key, next);
  return id;
}

}  // namespace ddblog::dynamodb
