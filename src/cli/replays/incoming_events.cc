#include "cli/replays/incoming_events.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "base/digests.h"
#include "base/json_writer.h"
#include "clients/cpp/src/event_item.h"
#include "ddblog/errors.h"
#include "ddblog/event.h"
#include "ddblog/names.h"
#include "ddblog/payload.h"

namespace ddblog::cli {
namespace {

using eventbridge::ArchivedEvent;

// The members of an event, without "replay-name".
constexpr const char* kEventMembers[] = {"version", "id",     "detail-type", "source", "account",
                                         "time",    "region", "resources",   "detail"};

std::string withoutReplayName(const Payload& event) {
  std::string text;
  JsonWriter json(text);
  json.beginObject();
  for (const char* name : kEventMembers) {
    if (const auto member = event.json(name)) json.key(name).raw(*member);
  }
  json.endObject();
  return text;
}

// The same for the same event of the same account: in the form of a UUID.
std::string idOf(const Event& event, const EventOrigin& origin) {
  const std::string digest = sha256Hex(origin.account + '\0' + origin.region + '\0' + streamKey(event.log, event.id) +
                                       '\0' + std::to_string(event.version));
  return digest.substr(0, 8) + "-" + digest.substr(8, 4) + "-" + digest.substr(12, 4) + "-" + digest.substr(16, 4) +
         "-" + digest.substr(20, 12);
}

// In whole seconds, as the bus writes it.
std::string timeOf(const Event& event, const EventOrigin& origin) {
  try {
    return toIso8601(fromIso8601(event.created_at), false);
  } catch (const std::invalid_argument&) {
    return toIso8601(origin.read_at, false);
  }
}

std::string busEventOf(const Event& event, const EventOrigin& origin) {
  std::string text;
  JsonWriter json(text);
  json.beginObject().key("version").value("0").key("id").value(idOf(event, origin));
  json.key("detail-type").value(names::kDetailType).key("source").value(names::kSource);
  json.key("account").value(origin.account).key("time").value(timeOf(event, origin));
  json.key("region").value(origin.region).key("resources").beginArray().endArray();
  json.key("detail").raw(detailOf(event, false)).endObject();
  return text;
}

class Table : public IncomingTarget {
 public:
  Table(std::shared_ptr<Transport> transport, std::string table) : replay_(std::move(transport), std::move(table)) {}
  void send(const std::vector<IncomingEvent>& events, ReplayCounts& counts) override {
    std::vector<LogItem> items;
    for (const IncomingEvent& event : events) items.push_back({event.pk, event.item});
    replay_.put(items, counts);
  }

 private:
  TableReplay replay_;
};

class Bus : public IncomingTarget {
 public:
  Bus(const ConnectOptions& options, std::string bus, std::string replay_name)
      : replay_(options, std::move(bus), std::move(replay_name)) {}
  void send(const std::vector<IncomingEvent>& events, ReplayCounts& counts) override {
    std::vector<ArchivedEvent> archived;
    for (const IncomingEvent& event : events) archived.push_back({event.created_at, {}, event.type, event.event, {}});
    replay_.send(archived, counts);
  }

 private:
  BusReplay replay_;
};

}  // namespace

std::optional<IncomingEvent> incomingOfBusEvent(const std::string& text) {
  try {
    const Payload event(text);
    const Payload detail = event.at("detail"), key = detail.at("key");
    IncomingEvent incoming;
    incoming.pk = key.string("pk");
    incoming.type = detail.string("type");
    incoming.created_at = event.string("time");
    const std::string version = key.number("sk");
    const char* end = version.data() + version.size();
    const auto [rest, error] = std::from_chars(version.data(), end, incoming.version);
    const bool is_version = error == std::errc() && rest == end && incoming.version > 0;
    if (!is_version || !parseStreamKey(incoming.pk)) return std::nullopt;
    incoming.event = withoutReplayName(event);
    incoming.item = itemFromArchived({incoming.created_at, {}, {}, incoming.event, {}});
    return incoming;
  } catch (const InvalidEvent&) {
  } catch (const std::invalid_argument&) {
  }
  return std::nullopt;
}

std::optional<IncomingEvent> incomingOfItem(const json::object& item, const EventOrigin& origin) {
  try {
    const Event event = eventFromItem(item);
    return IncomingEvent{.pk = std::string(*typedMember(item, "pk", "S")),
                         .version = event.version,
                         .type = event.type,
                         .created_at = event.created_at,
                         .item = json::serialize(item),
                         .event = busEventOf(event, origin)};
  } catch (const InvalidEvent&) {
  } catch (const std::invalid_argument&) {
  }
  return std::nullopt;
}

std::unique_ptr<IncomingTarget> incomingTable(std::shared_ptr<Transport> transport, std::string table) {
  return std::make_unique<Table>(std::move(transport), std::move(table));
}

std::unique_ptr<IncomingTarget> incomingBus(const ConnectOptions& options, std::string bus, std::string replay_name) {
  return std::make_unique<Bus>(options, std::move(bus), std::move(replay_name));
}

bool sendAtRate(IncomingTarget& target, const std::vector<IncomingEvent>& events, std::int64_t rate,
                const std::function<bool()>& is_cancelled, ReplayCounts& counts) {
  const auto environment = systemEnvironment();
  const auto piece = rate == 0 ? events.size() : static_cast<std::size_t>(std::max<std::int64_t>(1, rate / 10));
  for (std::size_t from = 0; from < events.size(); from += piece) {
    if (is_cancelled()) return false;
    const std::size_t to = std::min(events.size(), from + piece);
    target.send({events.begin() + static_cast<std::ptrdiff_t>(from), events.begin() + static_cast<std::ptrdiff_t>(to)},
                counts);
    if (rate > 0) environment->pause(std::chrono::milliseconds(static_cast<std::int64_t>(to - from) * 1000 / rate));
  }
  return true;
}

}  // namespace ddblog::cli
