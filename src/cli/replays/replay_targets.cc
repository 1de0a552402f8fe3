#include "cli/replays/replay_targets.h"

#include <charconv>
#include <map>
#include <stdexcept>
#include <string_view>

#include "base/json_writer.h"
#include "base/parallel.h"
#include "base/thread_annotations.h"
#include "clients/cpp/src/library_errors.h"
#include "ddblog/errors.h"
#include "ddblog/event.h"
#include "ddblog/payload.h"

namespace ddblog::cli {
namespace {

using eventbridge::ArchivedEvent;

constexpr std::size_t kPostBytes = 4u << 20;  // per request to the bus; a larger event goes alone
constexpr std::size_t kWriters = 8;           // concurrent conditional puts

// The stream of an event; empty: it is none of the log's.
std::string streamOf(const ArchivedEvent& archived) {
  try {
    return Payload(archived.event).at("detail").at("key").string("pk");
  } catch (const InvalidEvent&) {
  } catch (const std::invalid_argument&) {
  }
  return {};
}

}  // namespace

BusReplay::BusReplay(const ConnectOptions& options, std::string bus, std::string replay_name)
    : bus_(std::move(bus)), replay_name_(std::move(replay_name)) {
  aws::ClientOptions once;
  once.endpoint_url = options.endpoint_url;
  once.region = options.region;
  once.profile = options.profile;
  once.attempts = 1;
  try {
    session_ = std::make_unique<aws::Session>(std::move(once), clock_, ids_);
    client_ = std::make_unique<aws::Client>(*session_, aws::kEventBridge);
  } catch (const std::exception& e) {
    throw ConfigurationError(e.what());
  }
}

void BusReplay::send(const std::vector<ArchivedEvent>& events, ReplayCounts& counts) {
  std::vector<const ArchivedEvent*> batch;
  std::size_t bytes = 0;
  for (const ArchivedEvent& event : events) {
    if (!batch.empty() && bytes + event.event.size() > kPostBytes) {
      post(batch);
      batch.clear();
      bytes = 0;
    }
    batch.push_back(&event);
    bytes += event.event.size();
  }
  if (!batch.empty()) post(batch);
  counts.sent += events.size();
}

void BusReplay::post(const std::vector<const ArchivedEvent*>& events) {
  std::string body;
  JsonWriter json(body);
  json.beginObject().key("replay-name").value(replay_name_).key("event-bus-name").value(bus_);
  json.key("events").beginArray();
  for (const ArchivedEvent* event : events) json.raw(event->event);
  json.endArray().endObject();
  aws::Client::RestRequest request;
  request.method = "POST";
  request.path = "/_local/replay";
  request.headers = {{"Content-Type", "application/json"}};
  request.body = body;
  withLibraryErrors([&] { return client_->send(request); });
}

std::string itemFromArchived(const ArchivedEvent& archived) {
  try {
    const Payload detail = Payload(archived.event).at("detail");
    const Payload key = detail.at("key");
    const auto stream = parseStreamKey(key.string("pk"));
    if (!stream || detail.has("partial")) return {};
    Event event{stream->log, stream->id,          0, detail.string("type"), detail.json("payload").value_or(""),
                {},          archived.created_at, {}};
    const std::string version = key.number("sk");
    const auto [rest, error] = std::from_chars(version.data(), version.data() + version.size(), event.version);
    if (error != std::errc() || rest != version.data() + version.size() || event.version == 0) return {};
    return toItem(event);
  } catch (const InvalidEvent&) {
  } catch (const std::invalid_argument&) {
  }
  return {};
}

TableReplay::Put TableReplay::putOne(const std::string& item) const {
  if (item.empty()) return Put::kIncomplete;
  std::string request;
  JsonWriter(request)
      .beginObject()
      .key("TableName")
      .value(table_)
      .key("Item")
      .raw(item)
      .key("ConditionExpression")
      .value("attribute_not_exists(pk)")
      .endObject();
  try {
    transport_->call(Api::kDynamoDb, "PutItem", request);
  } catch (const ServiceError& error) {
    if (error.type() != "ConditionalCheckFailedException") throw;
    // An earlier attempt of ours may have written it; either way it exists.
    return Put::kAlreadyThere;
  }
  return Put::kWritten;
}

void TableReplay::send(const std::vector<ArchivedEvent>& events, ReplayCounts& counts) {
  std::vector<LogItem> items;
  items.reserve(events.size());
  for (const ArchivedEvent& event : events) items.push_back({streamOf(event), itemFromArchived(event)});
  put(items, counts);
}

void TableReplay::put(const std::vector<LogItem>& items, ReplayCounts& counts) const {
  std::map<std::string_view, std::vector<const LogItem*>> streams;
  for (const LogItem& item : items) streams[item.pk].push_back(&item);
  std::vector<const std::vector<const LogItem*>*> work;
  for (const auto& [pk, of_stream] : streams) work.push_back(&of_stream);
  Mutex mutex;
  inParallel(work.size(), kWriters, [&](std::size_t i) {
    for (const LogItem* item : *work[i]) {
      const Put put_result = putOne(item->item);
      MutexLock lock(mutex);
      ++(put_result == Put::kWritten        ? counts.sent
         : put_result == Put::kAlreadyThere ? counts.already_there
                                            : counts.incomplete);
    }
  });
}

}  // namespace ddblog::cli
