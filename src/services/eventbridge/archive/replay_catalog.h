// The replays of the API in the store.
//
//   0x3A name  -> {"state": …, "archive": …, "bus": …, "filters": […], "start": ms, "end": ms,
//                  "created_at": …, "row": …, "replayed": …, …}
//
// A replay's position is the last event that it has replayed (archive_file.h). It is written with
// the deliveries of each page, so a replay that a crash interrupts neither skips nor repeats events.
// A replay that has ended is kept for kReplayKept; until then its name is taken, as in AWS.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "services/eventbridge/archive/archive_file.h"
#include "services/eventbridge/bus/catalog.h"
#include "store/store.h"

namespace ddblog::eventbridge {

enum class ReplayState { kStarting, kRunning, kCancelling, kCompleted, kCancelled, kFailed };
std::string_view nameOf(ReplayState state);  // "STARTING"

struct Replay {
  std::string name;
  std::string description;
  ReplayState state = ReplayState::kStarting;
  std::string state_reason;
  std::string archive;
  std::int64_t archive_id = 0;
  std::string bus;
  std::vector<std::string> rule_arns;  // only these rules get the events; empty: all
  Timestamp events_from;
  Timestamp events_to;
  Timestamp started_at;
  std::optional<Timestamp> ended_at;
  std::optional<Timestamp> last_replayed;   // the time of the last event that was replayed
  std::optional<ArchivePosition> position;  // of that event

  std::uint64_t replayed = 0;  // events
  std::uint64_t skipped = 0;   // events that the file holds damaged
  // Of `dynamodb-log replay` only (operations/local_replays.cc). Without an archive it reads the archive
  // file itself, whatever bus an event was put on.
  std::vector<std::string> logs;                // only events of these; empty: all
  std::vector<std::string> types;               // only events of these; empty: all
  std::int64_t events_per_second = 0;           // 0: as fast as it goes
  bool counts_only = false;                     // sends nothing, counts what each rule would get
  std::optional<std::uint64_t> total;           // events that it reads, known when it runs
  std::map<std::string, std::uint64_t> counts;  // by rule

  bool isActive() const { return state <= ReplayState::kCancelling; }
  bool isOfFile() const { return archive.empty(); }
};

class ReplayCatalog {
 public:
  std::optional<Replay> find(const Reader& reader, std::string_view name) const;
  // Throws ResourceNotFoundException "Replay NAME does not exist."
  Replay get(const Reader& reader, std::string_view name) const;
  using Accepts = std::function<bool(const Replay&)>;
  Page<Replay> list(const Reader& reader, const ListRequest& page, const Accepts& accepts) const;
  std::vector<Replay> all(const Reader& reader) const;
  void put(Transaction& transaction, const Replay& replay) const;
  void erase(Transaction& transaction, std::string_view name) const;
};

}  // namespace ddblog::eventbridge
