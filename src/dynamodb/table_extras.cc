#include "dynamodb/table_extras.h"

#include <algorithm>

#include "base/api_error.h"
#include "base/json.h"
#include "base/limits.h"
#include "dynamodb/stored_bytes.h"
#include "store/key_space.h"

namespace ddblog::dynamodb {
namespace {

KeyBuilder extras(std::uint64_t table_id) { return KeyBuilder(KeySpace::kTableExtras).number(table_id); }

std::string tagKey(std::uint64_t table_id, std::string_view key) { return extras(table_id).bytes("T").text(key).str(); }
std::string policyKey(std::uint64_t table_id, std::string_view arn) {
  return extras(table_id).bytes("P").text(arn).str();
}
std::string backupsKey(std::uint64_t table_id) { return extras(table_id).bytes("B").str(); }

// "arn:aws:dynamodb:REGION:ACCOUNT:table/NAME…"
bool isTableArn(std::string_view arn) {
  return arn.starts_with("arn:") && arn.find(":dynamodb:") != std::string_view::npos &&
         arn.find(":table/") != std::string_view::npos && !arn.ends_with('/');
}

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

std::string readResourceArn(api::ObjectReader& fields) {
  constexpr std::size_t kLongest = 1283;
  const auto arn = fields.string("ResourceArn", {.max = kLongest});
  if (!arn) throw validationError("Invalid TableArn");
  if (!isTableArn(*arn)) throw validationError("Invalid TableArn: Invalid ResourceArn provided as input " + *arn);
  return *arn;
}

std::shared_ptr<const Table> tableOfArn(const Reader& reader, const Context& context, std::string_view arn,
                                        bool or_stream) {
  std::string_view table_arn = arn;
  const std::size_t stream = arn.find("/stream/");
  if (or_stream && stream != std::string_view::npos) table_arn = arn.substr(0, stream);
  auto table = context.catalog.find(reader, table_arn);
  if (!table) {
    throw resourceNotFound("Requested resource not found: ResourcArn: " + std::string(arn) + " not found");
  }
  return table;
}

void checkTags(const std::vector<Tag>& tags) {
  for (const Tag& tag : tags) {
    if (tag.key.starts_with("aws:")) {
      throw validationError("One or more parameter values were invalid: Tag keys starting with 'aws:' are reserved");
    }
  }
  if (tags.size() > limits::kTagsPerResource) {
    throw validationError("One or more parameter values were invalid: Too many tags: " + std::to_string(tags.size()) +
                          ", the limit is " + std::to_string(limits::kTagsPerResource));
  }
}

std::vector<Tag> tagsOf(const Reader& reader, std::uint64_t table_id) {
  const std::string all = extras(table_id).bytes("T").str();
  std::vector<Tag> tags;
  for (auto cursor = reader.cursor(all, endOfPrefix(all)); cursor->valid(); cursor->next()) {
    KeyParser key(cursor->key());
    key.number();
    KeyParser rest(key.rest());  // the letter stands where a key space would
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
  checkTags(all);
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
                      Ids& ids) {
  const std::string revision = std::to_string(ids.number());
  std::string stored;
  appendText(stored, revision);
  stored.append(document);
  transaction.put(policyKey(table_id, arn), stored);
  return revision;
}

void checkPolicy(std::string_view document) {
  if (document.size() > limits::kPolicyBytes) {
    throw validationError("Invalid policy document: Resource-based policy size exceeds the limit of 20 KB");
  }
  if (!isJsonObject(document)) throw validationError("Invalid policy document: Syntax error");
}

ApiError policyNotFound(std::string_view arn) {
  return {"PolicyNotFoundException",
          "Resource-based policy not found for the provided ResourceArn: " + std::string(arn)};
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
