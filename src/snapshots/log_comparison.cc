#include "snapshots/log_comparison.h"

#include <map>
#include <optional>

#include "base/json.h"
#include "item/stored_item.h"
#include "services/dynamodb/changes/stored_streams.h"
#include "services/dynamodb/core/catalog.h"
#include "services/dynamodb/core/item_keys.h"
#include "services/dynamodb/core/key_spaces.h"
#include "services/dynamodb/core/limits.h"
#include "services/eventbridge/archive/archive.h"
#include "store/key_space.h"

namespace ddblog::snapshots {
namespace {

constexpr std::size_t kExamples = 3;

struct Places {
  bool in_log = false;
  bool in_archive = false;
  bool waits = false;
};
using Events = std::map<std::string, Places>;  // by "pk sk"

// std::nullopt: the item is not an event.
std::optional<std::string> nameOf(std::string_view stored) {
  const Item item = decodeItem(stored);
  const auto pk = item.find("pk"), sk = item.find("sk");
  if (pk == item.end() || sk == item.end() || !pk->second.is<std::string>() || !sk->second.is<Decimal>()) return {};
  const std::string& stream = pk->second.as<std::string>();
  if (!stream.ends_with("#stream")) return {};
  return stream + " " + sk->second.as<Decimal>().toString();
}

// The same of an event on the bus.
std::optional<std::string> nameOf(const std::string& text, const LogNames& names) {
  try {
    const json::value event = parseJson(text);
    if (event.at("source").as_string() != names.source || event.at("detail-type").as_string() != names.detail_type) {
      return {};
    }
    const json::value& key = event.at("detail").at("key");
    return std::string(key.at("pk").as_string()) + " " + json::serialize(key.at("sk"));
  } catch (const std::exception&) {  // somebody else's event
    return {};
  }
}

void readTables(const Snapshot& state, const LogNames& names, Events& events) {
  const dynamodb::Catalog catalog;
  for (const std::string& name : catalog.names(state, {}, limits::kTables)) {
    if (!name.ends_with(names.table_end)) continue;
    const dynamodb::StoredRange range = dynamodb::wholeRange(*catalog.get(state, name), nullptr);
    for (auto cursor = state.cursor(range.begin, range.end); cursor->valid(); cursor->next()) {
      if (const auto event = nameOf(cursor->value())) events[*event].in_log = true;
    }
  }
}

void readArchive(const eventbridge::ArchiveFile& archive, const LogNames& names, Events& events) {
  const std::int64_t last = archive.lastRow();
  for (std::int64_t after = 0; after < last;) {
    const auto rows = archive.rows(after, last);
    if (rows.empty()) return;
    for (const auto& row : rows) {
      if (const auto event = nameOf(row.event, names)) events[*event].in_archive = true;
    }
  }
}

void readWaiting(const Snapshot& state, const LogNames& names, Events& events) {
  const auto mark = [&events](const std::optional<std::string>& event) {
    const auto found = event ? events.find(*event) : events.end();
    if (found != events.end()) found->second.waits = true;
  };
  const std::string records = KeyBuilder(dynamodb::key_spaces::kChangeRecords).str();
  for (auto cursor = state.cursor(records, endOfPrefix(records)); cursor->valid(); cursor->next()) {
    mark(nameOf(dynamodb::decodeChange(cursor->value()).keys));
  }
  for (const std::string& text : eventbridge::queuedEvents(state)) mark(nameOf(text, names));
}

void note(LogComparison::Missing& missing, const std::string& event) {
  if (++missing.count <= kExamples) missing.examples.push_back(event);
}

}  // namespace

LogComparison compareLog(const Snapshot& state, const eventbridge::ArchiveFile& archive, const LogNames& names) {
  Events events;
  readTables(state, names, events);
  readArchive(archive, names, events);
  readWaiting(state, names, events);
  LogComparison result;
  for (const auto& [event, places] : events) {
    result.in_log += places.in_log;
    result.in_archive += places.in_archive;
    if (places.in_log && !places.in_archive) {
      places.waits ? void(++result.waiting) : note(result.missing_from_archive, event);
    } else if (!places.in_log) {
      note(result.missing_from_log, event);
    }
  }
  return result;
}

}  // namespace ddblog::snapshots
