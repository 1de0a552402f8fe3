#include "snapshots/log_comparison.h"

#include <map>
#include <optional>

#include "base/fnv.h"
#include "base/json.h"
#include "item/stored_item.h"
#include "item/wire_json.h"
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

// What an event says: its type and log, and those with its payload.
struct Content {
  std::uint64_t head = 0;
  std::uint64_t whole = 0;
};
struct Places {
  bool in_log = false;
  bool in_archive = false;
  bool waits = false;
  bool is_told = false;  // the archive tells what the log does
  Content content;       // of the log's
};
using Events = std::map<std::string, Places>;  // by "pk sk"

// The order of an object's members does not matter.
std::uint64_t hashOf(const json::value& value) {
  std::uint64_t hash = kFnvBasis;
  if (value.is_object()) {
    for (const auto& member : value.get_object()) {
      const std::string_view name(member.key().data(), member.key().size());
      hash += fnv1a(std::to_string(hashOf(member.value())), fnv1a(name));
    }
    return hash;
  }
  if (!value.is_array()) return fnv1a(json::serialize(value));
  for (const json::value& element : value.get_array()) hash = fnv1a(std::to_string(hashOf(element)), hash) + 1;
  return hash;
}

// Throws if the detail is not an event's.
Content contentOf(const json::value& detail) {
  Content content;
  content.head = fnv1a(json::serialize(detail.at("log")), hashOf(detail.at("type")));
  content.whole = fnv1a(std::to_string(hashOf(detail.at("payload"))), content.head);
  return content;
}

// std::nullopt: the item is not an event.
std::optional<std::string> nameOf(const Item& item) {
  const auto pk = item.find("pk"), sk = item.find("sk");
  if (pk == item.end() || sk == item.end() || !pk->second.is<std::string>() || !sk->second.is<Decimal>()) return {};
  const std::string& stream = pk->second.as<std::string>();
  if (!stream.ends_with("#stream")) return {};
  return stream + " " + sk->second.as<Decimal>().toString();
}

// The same of an event on the bus.
std::optional<std::string> nameOf(const json::value& event, const LogFormat& format) {
  try {
    if (event.at("source").as_string() != format.source || event.at("detail-type").as_string() != format.detail_type) {
      return {};
    }
    const json::value& key = event.at("detail").at("key");
    return std::string(key.at("pk").as_string()) + " " + json::serialize(key.at("sk"));
  } catch (const std::exception&) {  // somebody else's event
    return {};
  }
}

void note(LogComparison::Events& events, const std::string& event) {
  if (++events.count <= kExamples) events.examples.push_back(event);
}

void readTables(const Snapshot& state, const LogFormat& format, Events& events) {
  const dynamodb::Catalog catalog;
  for (const std::string& name : catalog.names(state, {}, limits::kTables)) {
    if (!name.ends_with(format.table_end)) continue;
    const dynamodb::StoredRange range = dynamodb::wholeRange(*catalog.get(state, name), nullptr);
    for (auto cursor = state.cursor(range.begin, range.end); cursor->valid(); cursor->next()) {
      const Item item = decodeItem(cursor->value());
      const auto event = nameOf(item);
      if (!event) continue;
      try {
        const Content content = contentOf(parseJson(format.detail_of(itemToJson(item))));
        events[*event] = {true, false, false, false, content};
      } catch (const std::exception&) {
        // No event of the log: the trigger skips it too.
      }
    }
  }
}

// False: the text is damaged.
bool readArchived(const eventbridge::ArchivedEvent& row, const LogFormat& format, Events& events) {
  try {
    const json::value event = parseJson(row.event);
    if (!row.event_id.empty() && event.at("id").as_string() != row.event_id) return false;
    const auto name = nameOf(event, format);
    if (!name) return true;
    const json::value& detail = event.at("detail");
    const bool is_partial = detail.as_object().contains("partial");  // too large for the bus
    const Content content = contentOf(detail);
    Places& places = events[*name];
    places.in_archive = true;
    places.is_told =
        places.is_told || (is_partial ? content.head == places.content.head : content.whole == places.content.whole);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

void readArchive(const eventbridge::ArchiveFile& archive, const LogFormat& format, Events& events,
                 LogComparison& result) {
  const std::int64_t last = archive.lastRow();
  for (std::int64_t after = 0; after < last;) {
    const auto rows = archive.rows(after, last);
    if (rows.empty()) return;
    for (const auto& row : rows) {
      if (!readArchived(row, format, events)) note(result.told_otherwise, "id " + row.event_id);
    }
  }
}

void readWaiting(const Snapshot& state, const LogFormat& format, Events& events) {
  const auto mark = [&events](const std::optional<std::string>& event) {
    const auto found = event ? events.find(*event) : events.end();
    if (found != events.end()) found->second.waits = true;
  };
  const std::string records = KeyBuilder(dynamodb::key_spaces::kChangeRecords).str();
  for (auto cursor = state.cursor(records, endOfPrefix(records)); cursor->valid(); cursor->next()) {
    mark(nameOf(decodeItem(dynamodb::decodeChange(cursor->value()).keys)));
  }
  for (const std::string& text : eventbridge::queuedEvents(state)) mark(nameOf(parseJson(text), format));
}

}  // namespace

LogComparison compareLog(const Snapshot& state, const eventbridge::ArchiveFile& archive, const LogFormat& format) {
  LogComparison result;
  Events events;
  readTables(state, format, events);
  readArchive(archive, format, events, result);
  readWaiting(state, format, events);
  for (const auto& [event, places] : events) {
    result.in_log += places.in_log;
    result.in_archive += places.in_archive;
    if (places.in_log && !places.in_archive) {
      places.waits ? void(++result.waiting) : note(result.missing_from_archive, event);
    } else if (!places.in_log) {
      note(result.missing_from_log, event);
    } else if (!places.is_told) {
      note(result.told_otherwise, event);
    }
  }
  return result;
}

}  // namespace ddblog::snapshots
