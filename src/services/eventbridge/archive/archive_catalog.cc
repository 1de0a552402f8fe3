#include "services/eventbridge/archive/archive_catalog.h"

#include "base/api_error.h"
#include "base/bytes.h"
#include "base/json.h"
#include "base/json_fields.h"
#include "services/eventbridge/archive/key_spaces.h"
#include "services/eventbridge/bus/page_walk.h"
#include "store/key_space.h"

namespace ddblog::eventbridge {
namespace {

const std::string kArchivesBegin = KeyBuilder(key_spaces::kArchives).str();
const std::string kStampKey = KeyBuilder(key_spaces::kArchivesStamp).str();

std::string archiveKey(std::string_view name) { return KeyBuilder(key_spaces::kArchives).text(name).str(); }

std::string encode(const ArchiveDescription& archive) {
  json::object object;
  object["name"] = archive.name;
  object["id"] = archive.id;
  object["bus"] = archive.bus;
  object["description"] = archive.description;
  object["pattern"] = archive.pattern;
  object["kms"] = archive.kms_key;
  object["retention"] = archive.retention_days;
  object["created"] = archive.created_at.time_since_epoch().count();
  return json::serialize(object);
}

ArchiveDescription decodeArchive(std::string_view stored) {
  const json::value value = parseJson(stored);
  const json::object& object = value.as_object();
  ArchiveDescription archive;
  archive.name = textOf(object, "name");
  archive.id = object.at("id").to_number<std::int64_t>();
  archive.bus = textOf(object, "bus");
  archive.description = textOf(object, "description");
  archive.pattern = textOf(object, "pattern");
  archive.kms_key = textOf(object, "kms");
  archive.retention_days = object.at("retention").to_number<std::int64_t>();
  archive.created_at = Timestamp(Duration(object.at("created").to_number<std::int64_t>()));
  return archive;
}

}  // namespace

std::optional<ArchiveDescription> ArchiveCatalog::find(const Reader& reader, std::string_view name) const {
  const auto stored = reader.get(archiveKey(name));
  if (!stored) return std::nullopt;
  return decodeArchive(*stored);
}

ArchiveDescription ArchiveCatalog::get(const Reader& reader, std::string_view name) const {
  auto found = find(reader, name);
  if (!found) throw resourceNotFound("Archive " + std::string(name) + " does not exist.");
  return std::move(*found);
}

Page<ArchiveDescription> ArchiveCatalog::list(const Reader& reader, const ListRequest& page,
                                              const Accepts& accepts) const {
  return walkPage<ArchiveDescription>(
      reader, kArchivesBegin, page, archiveKey, [](std::string_view key) { return KeyParser(key).text(); },
      [](std::string_view, std::string_view value) { return decodeArchive(value); }, accepts);
}

std::vector<ArchiveDescription> ArchiveCatalog::all(const Reader& reader) const {
  std::vector<ArchiveDescription> archives;
  for (auto cursor = reader.cursor(kArchivesBegin, endOfPrefix(kArchivesBegin)); cursor->valid(); cursor->next()) {
    archives.push_back(decodeArchive(cursor->value()));
  }
  return archives;
}

std::size_t ArchiveCatalog::count(const Reader& reader) const {
  std::size_t count = 0;
  for (auto cursor = reader.cursor(kArchivesBegin, endOfPrefix(kArchivesBegin)); cursor->valid(); cursor->next()) {
    ++count;
  }
  return count;
}

void ArchiveCatalog::put(Transaction& transaction, const ArchiveDescription& archive) const {
  transaction.put(archiveKey(archive.name), encode(archive));
  renewStamp(transaction);
}

void ArchiveCatalog::erase(Transaction& transaction, std::string_view name) const {
  transaction.erase(archiveKey(name));
  renewStamp(transaction);
}

std::int64_t ArchiveCatalog::newId() const { return static_cast<std::int64_t>(ids_.number() >> 1); }

void ArchiveCatalog::renewStamp(Transaction& transaction) const {
  std::string stamp;
  appendNumber(stamp, ids_.number());
  transaction.put(kStampKey, std::move(stamp));
}

std::vector<std::int64_t> ArchiveCatalog::keepersOf(const Reader& reader, std::string_view bus,
                                                    const Event& event) const {
  const auto stamp = reader.getHot(kStampKey);
  if (!stamp) return {};  // no archive was ever made
  const auto by_bus = keepers(reader, *stamp);
  const auto of_bus = by_bus->find(bus);
  if (of_bus == by_bus->end()) return {};
  std::vector<std::int64_t> ids;
  for (const Keeper& keeper : of_bus->second) {
    if (!keeper.pattern || keeper.pattern->matches(event.fields)) ids.push_back(keeper.id);
  }
  return ids;
}

std::shared_ptr<const ArchiveCatalog::Keepers> ArchiveCatalog::keepers(const Reader& reader,
                                                                       const std::string& stamp) const {
  {
    MutexLock lock(mutex_);
    if (cached_ && cached_stamp_ == stamp) return cached_;
  }
  auto by_bus = std::make_shared<Keepers>();
  for (const ArchiveDescription& archive : all(reader)) {
    Keeper keeper{archive.id, std::nullopt};
    if (!archive.pattern.empty()) keeper.pattern = event_patterns::Pattern::compile(archive.pattern);
    (*by_bus)[archive.bus].push_back(std::move(keeper));
  }
  MutexLock lock(mutex_);
  cached_ = by_bus;
  cached_stamp_ = stamp;
  return by_bus;
}

}  // namespace ddblog::eventbridge
