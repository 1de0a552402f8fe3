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

json::array arrayOf(const std::vector<std::string>& texts) {
  json::array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

std::vector<std::string> textsOf(const json::value& array) {
  std::vector<std::string> texts;
  for (const json::value& text : array.as_array()) texts.emplace_back(text.as_string());
  return texts;
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
  object["filters"] = arrayOf(replay.rule_arns);
  object["from"] = encodeTime(replay.events_from);
  object["to"] = encodeTime(replay.events_to);
  object["started"] = encodeTime(replay.started_at);
  object["ended"] = encodeTime(replay.ended_at);
  object["last"] = encodeTime(replay.last_replayed);
  if (replay.position) {
    object["created_at"] = replay.position->created_at;
    object["row"] = replay.position->row;
  }
  object["replayed"] = replay.replayed;
  object["skipped"] = replay.skipped;
  object["logs"] = arrayOf(replay.logs);
  object["types"] = arrayOf(replay.types);
  object["rate"] = replay.events_per_second;
  object["counts_only"] = replay.counts_only;
  if (replay.total) object["total"] = *replay.total;
  json::object counts;
  for (const auto& [rule, count] : replay.counts) counts[rule] = count;
  object["counts"] = std::move(counts);
  return json::serialize(object);
}

// What an earlier version did not write is as in a new Replay.
void decodeAdditions(const json::object& object, Replay& replay) {
  if (!object.contains("replayed")) return;
  replay.replayed = object.at("replayed").to_number<std::uint64_t>();
  replay.skipped = object.at("skipped").to_number<std::uint64_t>();
  replay.logs = textsOf(object.at("logs"));
  replay.types = textsOf(object.at("types"));
  replay.events_per_second = object.at("rate").to_number<std::int64_t>();
  replay.counts_only = object.at("counts_only").as_bool();
  if (const json::value* total = object.if_contains("total")) replay.total = total->to_number<std::uint64_t>();
  for (const auto& count : object.at("counts").as_object()) {
    replay.counts[std::string(count.key())] = count.value().to_number<std::uint64_t>();
  }
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
  replay.rule_arns = textsOf(object.at("filters"));
  replay.events_from = timeAt(object, "from").value();
  replay.events_to = timeAt(object, "to").value();
  replay.started_at = timeAt(object, "started").value();
  replay.ended_at = timeAt(object, "ended");
  replay.last_replayed = timeAt(object, "last");
  if (object.contains("row")) {
    replay.position = ArchivePosition{textOf(object, "created_at"), object.at("row").to_number<std::int64_t>()};
  }
  decodeAdditions(object, replay);
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
