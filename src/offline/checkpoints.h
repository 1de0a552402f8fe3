// Named states in memory, to which a reset goes back (resets.h):
//
//   PUT    /_local/checkpoints/NAME   takes the current state, in place of one with this name -> CHECKPOINT
//   GET    /_local/checkpoints        -> {"checkpoints": [CHECKPOINT, …]}   in the order of their names
//   GET    /_local/checkpoints/NAME   -> CHECKPOINT
//   DELETE /_local/checkpoints/NAME   -> {}
//
//   CHECKPOINT: {"name": "seeded", "takenAt": "2026-11-22T09:00:00.000Z", "tables": 2, "items": 40, "events": 12,
//                "bytes": 31337}
//
// A checkpoint has what a snapshot has: tables and their streams, rules, functions and their code, queues and
// their messages, invocations that wait, the archive, kept failures; and the clock: its running time, and
// how its time of day differs from the machine's. It is of one point in time.
//
// They live as long as the program: also after a reset, or when a snapshot is loaded. There are kMost at most,
// with kMostBytes in all; while one replaces another, both are there.
// Errors: CheckpointUnknown (404), CheckpointsFull (409), CheckpointsInUse (429: kMostWaiting requests wait
// already), CloudIsStopping (503: also during a reset), ValidationException (a name is 1 to 128 letters, digits,
// "-", "_" or ".").
//
// Thread safety: find() from any thread. The routes run on a thread of their own, one after another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/api_error.h"
#include "base/thread_annotations.h"
#include "rpc/api.h"
#include "snapshots/checkpoint.h"

namespace ddblog::offline {

class Checkpoints {
 public:
  static constexpr std::size_t kMost = 16;
  static constexpr std::uint64_t kMostBytes = 256u << 20;
  static constexpr std::size_t kMostWaiting = 16;
  using Pointer = std::shared_ptr<const snapshots::Checkpoint>;
  // Takes the current state; nullptr: it has more than `most` bytes. It may take long.
  using Take = std::function<Pointer(std::uint64_t most)>;

  // Runs a task on the routes' thread. False: that has ended.
  using Post = std::function<bool(std::function<void()> task)>;

  // `take` is called on the thread that the request is on, as long as the API is served; it throws ApiError if
  // that is about to end.
  void addRoutes(rpc::RestApi& api, Take take, Post post);
  // Throws ApiError CheckpointUnknown.
  Pointer find(const std::string& name) const;

  static ApiError ended() {
    return {"CloudIsStopping", "The offline cloud is stopping, or its state is replaced", 503};
  }

 private:
  using Turn = std::shared_ptr<void>;  // until a request is answered
  Turn takeTurn();
  rpc::Response put(const std::string& name, const Take& take);
  rpc::Response list() const;
  rpc::Response get(const std::string& name) const;
  rpc::Response remove(const std::string& name);

  mutable Mutex mutex_;
  std::map<std::string, Pointer> checkpoints_ GUARDED_BY(mutex_);
  std::size_t waiting_ GUARDED_BY(mutex_) = 0;
};

}  // namespace ddblog::offline
