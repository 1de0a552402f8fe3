#include "services/eventbridge/archive/replay_catalog.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "base/api_error.h"
#include "base/json.h"
#include "base/json_fields.h"
#include "services/eventbridge/archive/key_spaces.h"
#include "services/eventbridge/bus/page_walk.h"
#include "store/key_space.h"

namespace ddblog::eventbridge {
namespace {

const std::string kReplaysBegin = KeyBuilder(key_spaces::kReplays).str();
constexpr std::array<std::string_view, 6> kStates = {"STARTING",  "RUNNING",   "CANCELLING",
                                                     "COMPLETED", "CANCELLED", "FAILED"};

std::string replayKey(std::string_view name) { return KeyBuilder(key_spaces::kReplays).text(name).str(); }

json::value encodeTime(const std::optional<Timestamp>& time) {
  if (!time) return nullptr;
  return time->time_since_epoch().count();
}

std::optional<Timestamp> timeAt(const json::object& object, const char* name) {
  const json::value& value = object.at(name);
  if (value.is_null()) return std::nullopt;
  return Timestamp(Duration(value.to_number<std::int64_t>()));
}

ReplayState stateNamed(std::string_view name) {
  const auto found = std::find(kStates.begin(), kStates.end(), name);
  if (found == kStates.end()) throw std::runtime_error("a replay has the state " + std::string(name));
  return static_cast<ReplayState>(found - kStates.begin());
}

std::string encode(const Replay& replay) {
  json::object object;
  object["name"] = replay.name;
  object["description"] = replay.description;
  object["state"] = nameOf(replay.state);
  object["reason"] = replay.state_reason;
  object["archive"] = replay.archive;
  object["archive_id"] = replay.archive_id;
  object["bus"] = replay.bus;
  json::array filters;
  for (const std::string& arn : replay.rule_arns) filters.emplace_back(arn);
  object["filters"] = std::move(filters);
  object["from"] = encodeTime(replay.events_from);
  object["to"] = encodeTime(replay.events_to);
  object["started"] = encodeTime(replay.started_at);
  object["ended"] = encodeTime(replay.ended_at);
  object["last"] = encodeTime(replay.last_replayed);
  if (replay.position) {
    object["created_at"] = replay.position->created_at;
    object["row"] = replay.position->row;
  }
  return json::serialize(object);
}

Replay decodeReplay(std::string_view stored) {
  const json::value value = parseJson(stored);
  const json::object& object = value.as_object();
  Replay replay;
  replay.name = textOf(object, "name");
  replay.description = textOf(object, "description");
  replay.state = stateNamed(textOf(object, "state"));
  replay.state_reason = textOf(object, "reason");
  replay.archive = textOf(object, "archive");
  replay.archive_id = object.at("archive_id").to_number<std::int64_t>();
  replay.bus = textOf(object, "bus");
  for (const json::value& arn : object.at("filters").as_array()) replay.rule_arns.emplace_back(arn.as_string());
  replay.events_from = timeAt(object, "from").value();
  replay.events_to = timeAt(object, "to").value();
  replay.started_at = timeAt(object, "started").value();
  replay.ended_at = timeAt(object, "ended");
  replay.last_replayed = timeAt(object, "last");
  if (object.contains("row")) {
    replay.position = ArchivePosition{textOf(object, "created_at"), object.at("row").to_number<std::int64_t>()};
  }
  return replay;
}

}  // namespace

std::string_view nameOf(ReplayState state) { return kStates.at(static_cast<std::size_t>(state)); }

std::optional<Replay> ReplayCatalog::find(const Reader& reader, std::string_view name) const {
  const auto stored = reader.get(replayKey(name));
  if (!stored) return std::nullopt;
  return decodeReplay(*stored);
}

Replay ReplayCatalog::get(const Reader& reader, std::string_view name) const {
  auto found = find(reader, name);
  if (!found) throw resourceNotFound("Replay " + std::string(name) + " does not exist.");
  return std::move(*found);
}

Page<Replay> ReplayCatalog::list(const Reader& reader, const ListRequest& page, const Accepts& accepts) const {
  return walkPage<Replay>(
      reader, kReplaysBegin, page, replayKey, [](std::string_view key) { return KeyParser(key).text(); },
      [](std::string_view, std::string_view value) { return decodeReplay(value); }, accepts);
}

std::vector<Replay> ReplayCatalog::all(const Reader& reader) const {
  std::vector<Replay> replays;
  for (auto cursor = reader.cursor(kReplaysBegin, endOfPrefix(kReplaysBegin)); cursor->valid(); cursor->next()) {
    replays.push_back(decodeReplay(cursor->value()));
  }
  return replays;
}

void ReplayCatalog::put(Transaction& transaction, const Replay& replay) const {
  transaction.put(replayKey(replay.name), encode(replay));
}

void ReplayCatalog::erase(Transaction& transaction, std::string_view name) const { transaction.erase(replayKey(name)); }

}  // namespace ddblog::eventbridge
