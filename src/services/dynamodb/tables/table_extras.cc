#include "services/dynamodb/tables/table_extras.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/api_error.h"
#include "base/bytes.h"
#include "services/dynamodb/core/key_spaces.h"
#include "services/dynamodb/core/table_name.h"
#include "store/key_space.h"

namespace ddblog::dynamodb {
namespace {

KeyBuilder extras(std::uint64_t table_id) { return KeyBuilder(key_spaces::kTableExtras).number(table_id); }

std::string tagKey(std::uint64_t table_id, std::string_view key) { return extras(table_id).bytes("T").text(key).str(); }
std::string policyKey(std::uint64_t table_id, std::string_view arn) {
  return extras(table_id).bytes("P").text(arn).str();
}
std::string backupsKey(std::uint64_t table_id) { return extras(table_id).bytes("B").str(); }

}  // namespace

std::shared_ptr<const Table> describedTable(const Reader& reader, const Context& context,
                                            std::string_view name_or_arn) {
  auto table = context.catalog.find(reader, name_or_arn);
  if (!table) {
    throw resourceNotFound("Requested resource not found: Table: " + std::string(tableNameOf(name_or_arn)) +
                           " not found");
  }
  return table;
}

std::vector<Tag> tagsOf(const Reader& reader, std::uint64_t table_id) {
  const std::string all = extras(table_id).bytes("T").str();
  std::vector<Tag> tags;
  for (auto cursor = reader.cursor(all, endOfPrefix(all)); cursor->valid(); cursor->next()) {
    KeyParser key(cursor->key());
    key.number();
    KeyParser rest(key.rest());  // KeyParser skips a key space: here the letter
    tags.push_back({rest.text(), std::string(cursor->value())});
  }
  return tags;
}

void putTags(Transaction& transaction, std::uint64_t table_id, const std::vector<Tag>& tags) {
  std::vector<Tag> all = tagsOf(transaction, table_id);
  for (const Tag& tag : tags) {
    const auto same = std::find_if(all.begin(), all.end(), [&](const Tag& one) { return one.key == tag.key; });
    if (same == all.end()) all.push_back(tag);
  }
  checkTagCount(all.size());
  for (const Tag& tag : tags) transaction.put(tagKey(table_id, tag.key), tag.value);
}

void eraseTags(Transaction& transaction, std::uint64_t table_id, const std::vector<std::string>& keys) {
  for (const std::string& key : keys) transaction.erase(tagKey(table_id, key));
}

std::optional<Policy> policyOf(const Reader& reader, std::uint64_t table_id, std::string_view arn) {
  const std::optional<std::string> stored = reader.get(policyKey(table_id, arn));
  if (!stored) return std::nullopt;
  std::string_view bytes = *stored;
  Policy policy;
  policy.revision = takeText(bytes);
  policy.document = bytes;
  return policy;
}

std::string putPolicy(Transaction& transaction, std::uint64_t table_id, std::string_view arn, std::string_view document,
                      Timestamp now) {
  std::int64_t number = now.time_since_epoch().count();
  if (const std::optional<Policy> replaced = policyOf(transaction, table_id, arn)) {
    std::int64_t before = 0;
    const char* end = replaced->revision.data() + replaced->revision.size();
    std::from_chars(replaced->revision.data(), end, before);
    if (before < std::numeric_limits<std::int64_t>::max()) number = std::max(number, before + 1);
  }
  const std::string revision = std::to_string(number);
  std::string stored;
  appendText(stored, revision);
  stored.append(document);
  transaction.put(policyKey(table_id, arn), stored);
  return revision;
}

void checkRevision(const std::optional<Policy>& current, const std::string& expected, std::string_view arn,
                   const Table& table) {
  const bool none_expected = expected == "NO_POLICY";
  if (none_expected ? !current : current && current->revision == expected) return;
  if (!current) throw policyNotFound(arn);
  const std::string words = none_expected
                                ? "Requested policy update expecting none to be present for table " + table.name +
                                      ", but a policy exists with revision id " + current->revision + "."
                                : "Requested update for policy with revision id " + expected +
                                      ", but the policy associated to target table " + table.name +
                                      " has revision id " + current->revision + ".";
  throw policyNotFound(words);
}

ApiError policyNotFound(std::string_view why) {
  return {"PolicyNotFoundException",
          "Resource-based policy not found for the provided ResourceArn: " + std::string(why)};
}

void erasePolicy(Transaction& transaction, std::uint64_t table_id, std::string_view arn) {
  transaction.erase(policyKey(table_id, arn));
}

std::optional<Backups> backupsOf(const Reader& reader, std::uint64_t table_id) {
  const std::optional<std::string> stored = reader.get(backupsKey(table_id));
  if (!stored) return std::nullopt;
  std::string_view bytes = *stored;
  Backups backups;
  backups.days = takeNumber<std::int32_t>(bytes);
  backups.enabled_at = Timestamp(Duration(takeNumber<std::int64_t>(bytes)));
  return backups;
}

void putBackups(Transaction& transaction, std::uint64_t table_id, const std::optional<Backups>& backups) {
  if (!backups) return transaction.erase(backupsKey(table_id));
  std::string stored;
  appendNumber<std::int32_t>(stored, backups->days);
  appendNumber<std::int64_t>(stored, backups->enabled_at.time_since_epoch().count());
  transaction.put(backupsKey(table_id), stored);
}

void eraseExtras(Transaction& transaction, std::uint64_t table_id) {
  const std::string all = extras(table_id).str();
  std::vector<std::string> keys;
  for (auto cursor = transaction.cursor(all, endOfPrefix(all)); cursor->valid(); cursor->next()) {
    keys.emplace_back(cursor->key());
  }
  for (const std::string& key : keys) transaction.erase(key);
}

}  // namespace ddblog::dynamodb
