// Takes the cloud back to its start, or to a checkpoint:
//
//   POST /_local/reset   {"checkpoint": NAME, "confirm": "data"}     -> {"run": "…"}
//
// Without "checkpoint": as after a start with an empty data directory: the template's tables (empty, or
// seeded), rules, queues, functions and mappings; no archived event, no failure, no message; the clock
// shows the machine's time. With it: as it was when the checkpoint was taken (checkpoints.h).
//
// What runs ends first, as when the cloud stops: the functions' running invocations may take 5 seconds, and
// can use the cloud meanwhile; what still runs then ends, and its result is lost. Idle processes stay if their
// function has the same code and settings afterwards (lambda/host/function_host.h). Requests that arrive
// while the state is exchanged wait for the new one; synchronous invocations, long polls and settles in
// flight end as when the cloud stops. "run" is that of
// GET /_local/health, which changes.
//
// A cloud with a data directory rejects a reset unless "confirm" is "data", because it deletes what is
// there. The new state is built, and the application provisioned in it, beside the old one; then it replaces
// the old one in one step, as a loaded snapshot does: after a crash one of the two is there. If the cloud
// cannot go on with it then (the disk fails), the program ends with that error.
//
// Errors: ResetNotConfirmed (409), CheckpointUnknown (404), SnapshotIsLoading (409: a snapshot is being
// uploaded), ResetFailed (500: the new state cannot be built; the old one goes on), ResetsInUse (429:
// kMostWaiting wait already), ValidationException.
//
// The owner of the cloud carries the resets out (OfflineCloud::restart), because it replaces the cloud's
// parts; `wanted` tells it.
// Thread safety: take() and end() by one thread; the route on any.
#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <optional>

#include "base/thread_annotations.h"
#include "offline/checkpoints.h"
#include "rpc/api.h"

namespace ddblog::offline {

struct Reset {
  Checkpoints::Pointer checkpoint;  // nullptr: as after a start
  rpc::Callback respond;
};

class Resets {
 public:
  static constexpr std::size_t kMostWaiting = 16;

  // `data`: the data directory; empty: the state is in memory. `checkpoints` must outlive this.
  Resets(const Checkpoints& checkpoints, std::filesystem::path data, std::function<void()> wanted)
      : checkpoints_(checkpoints), data_(std::move(data)), wanted_(std::move(wanted)) {}

  void addRoutes(rpc::RestApi& api);
  std::optional<Reset> take();
  // Ends those that wait, with an error.
  void end();

 private:
  void receive(const rpc::Request& request, rpc::Callback respond);

  const Checkpoints& checkpoints_;
  const std::filesystem::path data_;
  const std::function<void()> wanted_;
  Mutex mutex_;
  std::deque<Reset> waiting_ GUARDED_BY(mutex_);
  bool ended_ GUARDED_BY(mutex_) = false;
};

}  // namespace ddblog::offline
