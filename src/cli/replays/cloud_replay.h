// A replay that the offline cloud runs, from its own archive, and this program only follows: it is durable, and goes
// on whatever becomes of this program.
//
// Errors: NotReachable, ServiceError, ConfigurationError; std::runtime_error with the reason if the replay fails.
// Thread safety: none.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "cli/cloud/local_cloud.h"
#include "cli/connection.h"

namespace ddblog::cli {

struct CloudReplayRequest {
  std::string name;
  std::string bus;
  std::string archive;  // empty: the archive file
  std::optional<Timestamp> from, to;
  std::vector<std::string> rules, logs, types;
  std::int64_t events_per_second = 0;  // 0: as fast as it goes
  bool counts_only = false;
};

struct CloudReplayState {
  std::string state;  // "RUNNING"
  std::string reason;
  std::optional<std::uint64_t> total;
  std::uint64_t replayed = 0;
  std::uint64_t skipped = 0;
  std::vector<std::pair<std::string, std::uint64_t>> rules;  // what each got, if it only counts

  bool isOver() const { return state == "COMPLETED" || state == "CANCELLED" || state == "FAILED"; }
};

class CloudReplay {
 public:
  // Starts it.
  CloudReplay(const ConnectionFlags& flags, const CloudReplayRequest& request);

  // Waits until it has ended. Calls `show` after each look. Cancels it once `cancels()` holds.
  CloudReplayState follow(const std::function<bool()>& cancels,
                          const std::function<void(const CloudReplayState&)>& show) const;

 private:
  CloudReplayState look() const;
  void cancel() const;

  const ConnectionFlags flags_;
  const std::string name_;
  LocalCloud cloud_;
};

}  // namespace ddblog::cli
