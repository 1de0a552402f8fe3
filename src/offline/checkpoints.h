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
// with kMostBytes in all.
// Errors: CheckpointUnknown (404), CheckpointsFull (409), ValidationException (a name is 1 to 128 letters,
// digits, "-", "_" or ".").
//
// Thread safety: find() from any thread. The routes run on a thread of their own, one after another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/thread_annotations.h"
#include "rpc/api.h"
#include "snapshots/checkpoint.h"

namespace ddblog::offline {

class Checkpoints {
 public:
  static constexpr std::size_t kMost = 16;
  static constexpr std::uint64_t kMostBytes = 256u << 20;
  using Pointer = std::shared_ptr<const snapshots::Checkpoint>;
  // Takes the current state; nullptr: it has more than `most` bytes. It may take long.
  using Take = std::function<Pointer(std::uint64_t most)>;

  // `take` is called on the thread that the request is on, as long as the API is served.
  void addRoutes(rpc::RestApi& api, Take take, std::function<void(std::function<void()>)> post);
  // Throws ApiError CheckpointUnknown.
  Pointer find(const std::string& name) const;

 private:
  rpc::Response put(const std::string& name, const Take& take);
  rpc::Response list() const;
  rpc::Response get(const std::string& name) const;
  rpc::Response remove(const std::string& name);

  mutable Mutex mutex_;
  std::map<std::string, Pointer> checkpoints_ GUARDED_BY(mutex_);
};

}  // namespace ddblog::offline
