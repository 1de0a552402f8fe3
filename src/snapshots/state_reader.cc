#include "snapshots/state_reader.h"

#include <optional>
#include <stdexcept>

#include "base/api_error.h"
#include "base/bytes.h"
#include "base/json_writer.h"
#include "item/stored_item.h"
#include "services/dynamodb/core/item_keys.h"
#include "services/dynamodb/core/key_spaces.h"
#include "services/dynamodb/core/table_statistics.h"
#include "snapshots/fields.h"
#include "store/key_space.h"

namespace ddblog::snapshots {
namespace {

constexpr char kInStore = 's';    // followed by the first key of the next part
constexpr char kInArchive = 'a';  // followed by the last row of the previous part, 8 bytes
constexpr char kInKept = 'k';     // followed by the last row of the previous part: archive, time, event

constexpr std::size_t kNamesAtATime = 1000;

const std::string kItemPrefix = KeyBuilder(dynamodb::key_spaces::kItems).str();

std::string archivePosition(std::int64_t row) {
  std::string position = KeyBuilder(KeySpace::kFormat).number(static_cast<std::uint64_t>(row)).str();
  position[0] = kInArchive;
  return position;
}

std::string keptPosition(const eventbridge::KeptRow& row) {
  std::string position = KeyBuilder(KeySpace::kFormat)
                             .number(static_cast<std::uint64_t>(row.archive))
                             .text(row.position.created_at)
                             .number(static_cast<std::uint64_t>(row.position.row))
                             .str();
  position[0] = kInKept;
  return position;
}

[[noreturn]] void rejectPosition() { throw validationError("'from' is not a position in a snapshot"); }

}  // namespace

StateReader StateReader::ofRunningCloud(const Clock& clock, const Store& store, eventbridge::Archive& archive) {
  std::optional<StateReader> state;
  archive.atRest([&] { state.emplace(StateReader(clock, store, &archive.file())); });
  return std::move(*state);
}

StateReader StateReader::ofClosedStore(const Clock& clock, const Store& store,
                                       const eventbridge::ArchiveFile* archive) {
  return StateReader(clock, store, archive);
}

StateReader::StateReader(const Clock& clock, const Store& store, const eventbridge::ArchiveFile* archive)
    : taken_at_(clock.now()),
      state_(store.snapshot()),
      archive_(archive),
      last_rows_(archive ? archive->lastRows() : eventbridge::LastRows()),
      events_(archive ? archive->count({}) : 0),
      catalog_(std::make_unique<dynamodb::Catalog>()) {
  std::string after;
  for (;;) {
    const std::vector<std::string> names = catalog_->names(*state_, after, kNamesAtATime);
    for (const std::string& name : names) {
      const auto table = catalog_->get(*state_, name);
      const dynamodb::TableStatistics statistics = dynamodb::statisticsOf(*state_, *table);
      tables_.push_back({name, table->arn, table->uuid, static_cast<std::uint64_t>(statistics.items),
                         static_cast<std::uint64_t>(statistics.bytes)});
    }
    if (names.size() < kNamesAtATime) break;
    after = names.back();
  }
}

SnapshotInfo StateReader::info() const {
  SnapshotInfo info{toIso8601(taken_at_, true), tables_.size(), 0, events_};
  for (const TableInfo& table : tables_) info.items += table.items;
  return info;
}

StatePart StateReader::part(const std::string& from) const {
  if (from.empty()) return storePart({});
  if (from[0] == kInStore) return storePart(from.substr(1));
  if (from[0] == kInKept && archive_) return keptPart(from);
  if (from[0] != kInArchive || from.size() != 9 || !archive_) rejectPosition();
  return archivePart(static_cast<std::int64_t>(KeyParser(from).number()));
}

StatePart StateReader::storePart(const std::string& from_key) const {
  StatePart part;
  auto cursor = state_->cursor(from_key, {});
  for (; cursor->valid() && part.content.size() < kBlockBytes; cursor->next()) {
    appendField(part.content, cursor->key());
    appendField(part.content, cursor->value());
    if (cursor->key().starts_with(kItemPrefix)) ++part.items;
  }
  if (cursor->valid()) {
    part.next = kInStore + std::string(cursor->key());
  } else if (last_rows_.events > 0) {
    part.next = archivePosition(0);
  } else {
    part.next = afterArchive();
  }
  return part;
}

StatePart StateReader::archivePart(std::int64_t after) const {
  StatePart part;
  part.kind = BlockKind::kArchive;
  for (const eventbridge::ArchivedEvent& event : archive_->rows(after, last_rows_.events)) {
    for (const std::string* text : {&event.created_at, &event.log, &event.type, &event.event, &event.event_id}) {
      appendField(part.content, *text);
    }
    ++part.events;
  }
  const bool has_more = after < last_rows_.events && part.events > 0;
  part.next = has_more ? archivePosition(after) : afterArchive();
  return part;
}

std::string StateReader::afterArchive() const {
  if (!archive_) return {};
  eventbridge::KeptRow first;
  return archive_->keptRows(first, last_rows_).empty() ? std::string() : keptPosition({});
}

StatePart StateReader::keptPart(const std::string& from) const {
  eventbridge::KeptRow after;
  try {
    KeyParser parser(from);
    after.archive = static_cast<std::int64_t>(parser.number());
    after.position.created_at = parser.text();
    after.position.row = static_cast<std::int64_t>(parser.number());
  } catch (const std::runtime_error&) {
    rejectPosition();
  }
  StatePart part;
  part.kind = BlockKind::kKept;
  const auto events = archive_->keptRows(after, last_rows_);
  for (const eventbridge::ArchivedEvent& event : events) {
    for (const std::string* text : {&event.created_at, &event.log, &event.type, &event.event, &event.event_id}) {
      appendField(part.content, *text);
    }
    std::string keeper;
    appendNumber(keeper, event.keepers.front());
    appendField(part.content, keeper);
  }
  // The next part begins after these; the last one is empty.
  if (!events.empty()) part.next = keptPosition(after);
  return part;
}

TablePart StateReader::tablePart(const std::string& name, const std::string& from) const {
  const auto table = catalog_->get(*state_, name);
  const dynamodb::StoredRange range = dynamodb::wholeRange(*table, nullptr);
  if (!from.empty() && (from < range.begin || from >= range.end)) rejectPosition();
  TablePart part;
  auto cursor = state_->cursor(from.empty() ? range.begin : from, range.end);
  for (; cursor->valid() && part.lines.size() < kBlockBytes; cursor->next()) {
    part.lines += R"({"Item":)";
    JsonWriter json(part.lines);
    writeStoredItem(json, cursor->value());
    part.lines += "}\n";
    ++part.items;
  }
  if (cursor->valid()) part.next = cursor->key();
  return part;
}

}  // namespace ddblog::snapshots
