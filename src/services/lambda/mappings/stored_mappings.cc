#include "services/lambda/mappings/stored_mappings.h"

#include "base/json_fields.h"
#include "services/lambda/functions/key_spaces.h"
#include "services/lambda/mappings/checkpoints.h"
#include "store/key_space.h"

namespace ddblog::lambda {

namespace {

constexpr std::uint64_t kSettings = 3;  // 1 and 2: checkpoints.cc
constexpr std::uint64_t kDeletions = 4;

std::string keyOf(std::string_view function_name, std::string_view source) {
  return KeyBuilder(key_spaces::kMappings).number(kSettings).text(function_name).text(source).str();
}

std::string deletionKey(std::string_view uuid) {
  return KeyBuilder(key_spaces::kMappings).number(kDeletions).text(uuid).str();
}

}  // namespace

void putMapping(Transaction& transaction, std::string_view function_name, std::string_view source,
                const json::object& create_event_source_mapping) {
  transaction.put(keyOf(function_name, source), json::serialize(create_event_source_mapping));
}

void eraseMapping(Transaction& transaction, std::string_view function_name, std::string_view source) {
  transaction.erase(keyOf(function_name, source));
}

std::vector<json::object> storedMappings(const Reader& reader) {
  std::vector<json::object> mappings;
  for (StoredMapping& mapping : allMappings(reader)) {
    if (!mapping.is_being_deleted) mappings.push_back(std::move(mapping.request));
  }
  return mappings;
}

std::vector<StoredMapping> allMappings(const Reader& reader) {
  std::vector<StoredMapping> mappings;
  const std::string all = KeyBuilder(key_spaces::kMappings).number(kSettings).str();
  for (auto cursor = reader.cursor(all, endOfPrefix(all)); cursor->valid(); cursor->next()) {
    KeyParser key(cursor->key());
    key.number();
    StoredMapping mapping;
    mapping.function_name = key.text();
    mapping.source = key.text();
    mapping.request = parseJson(cursor->value()).as_object();
    Checkpoints checkpoints(mapping.function_name, mapping.source, 1);
    if (checkpoints.find(reader)) {
      mapping.uuid = checkpoints.uuid();
      mapping.modified_at = checkpoints.modifiedAt();
    }
    mappings.push_back(std::move(mapping));
  }
  const std::string deletions = KeyBuilder(key_spaces::kMappings).number(kDeletions).str();
  for (auto cursor = reader.cursor(deletions, endOfPrefix(deletions)); cursor->valid(); cursor->next()) {
    KeyParser key(cursor->key());
    key.number();
    const json::value stored = parseJson(cursor->value());
    StoredMapping mapping;
    mapping.uuid = key.text();
    mapping.function_name = textOf(stored.as_object(), "function");
    mapping.source = textOf(stored.as_object(), "source");
    mapping.request = stored.as_object().at("request").as_object();
    mapping.modified_at = Timestamp(Duration(stored.as_object().at("modifiedAt").to_number<std::int64_t>()));
    mapping.is_being_deleted = true;
    mappings.push_back(std::move(mapping));
  }
  return mappings;
}

std::optional<StoredMapping> findMapping(const Reader& reader, std::string_view uuid) {
  for (StoredMapping& mapping : allMappings(reader)) {
    if (mapping.uuid == uuid) return std::move(mapping);
  }
  return std::nullopt;
}

void putMapping(Transaction& transaction, const StoredMapping& mapping) {
  putMapping(transaction, mapping.function_name, mapping.source, mapping.request);
  Checkpoints::putIdentity(transaction, mapping.function_name, mapping.source, mapping.uuid, mapping.modified_at);
}

void eraseIdentity(Transaction& transaction, const StoredMapping& mapping) {
  eraseMapping(transaction, mapping.function_name, mapping.source);
  Checkpoints::eraseIdentity(transaction, mapping.function_name, mapping.source);
}

void beginDeletion(Transaction& transaction, const StoredMapping& mapping) {
  eraseIdentity(transaction, mapping);
  transaction.put(deletionKey(mapping.uuid),
                  json::serialize(json::object{{"function", mapping.function_name},
                                               {"source", mapping.source},
                                               {"request", mapping.request},
                                               {"modifiedAt", mapping.modified_at.time_since_epoch().count()}}));
}

void finishDeletion(Transaction& transaction, const StoredMapping& mapping) {
  transaction.erase(deletionKey(mapping.uuid));
  Checkpoints::eraseAll(transaction, mapping.uuid);
}

}  // namespace ddblog::lambda
