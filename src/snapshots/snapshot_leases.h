// States that clients of the offline cloud are reading piece by piece. A client takes a lease on
// the current state and reads it through these routes:
//
//   POST   /_local/snapshots              takes a lease: {"snapshot": id, "exportTime": "…",
//                                         "items": n, "events": n,
//                                         "tables": [{"name", "arn", "id", "items", "bytes"}]}
//   GET    /_local/snapshots/{id}?from=POSITION
//                                         a block of the snapshot file, gzip (snapshot_file.h)
//   GET    /_local/snapshots/{id}/tables/{name}?from=POSITION
//                                         items of a table, one per line
//   DELETE /_local/snapshots/{id}         ends the lease
//
// GET responses carry the rest in headers: x-ddblog-kind ("S", "A"), x-ddblog-items,
// x-ddblog-events, and x-ddblog-next, the position of the next piece in base64 (absent at the end).
// A reader can ask again for a piece that got lost.
//
// There are at most kMaxLeases leases (one more is rejected: SnapshotsInUse, status 429). A lease
// ends when it is deleted or was not used for kIdleTimeout (idle_timeout.h), because the store
// keeps old values for it.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/ids.h"
#include "base/sweeper.h"
#include "base/thread_annotations.h"
#include "rpc/api.h"
#include "snapshots/state_reader.h"

namespace ddblog::snapshots {

class SnapshotLeases {
 public:
  static constexpr std::size_t kMaxLeases = 4;

  // `real_time`: a clock that is not moved. `read_now` starts reading the current state.
  SnapshotLeases(Clock& real_time, Ids& ids, std::function<StateReader()> read_now);
  SnapshotLeases(const SnapshotLeases&) = delete;

  void addRoutes(rpc::RestApi& api);
  // start() begins to end unused leases; end() ends all of them.
  void start();
  void end();

 private:
  struct Lease {
    std::shared_ptr<const StateReader> state;
    RunningTime used_at;
  };

  // Throws ApiError SnapshotsInUse.
  void requireRoom() const REQUIRES(mutex_);
  rpc::Response take();
  rpc::Response readPart(const rpc::Request& request);
  rpc::Response readTable(const rpc::Request& request);
  rpc::Response forget(const rpc::Request& request);
  std::shared_ptr<const StateReader> find(const std::string& id);
  RunningTime sweep();

  Clock& clock_;
  Ids& ids_;
  const std::function<StateReader()> read_now_;
  Mutex mutex_;
  std::map<std::string, Lease> leases_ GUARDED_BY(mutex_);
  std::unique_ptr<Sweeper> sweeper_;
};

}  // namespace ddblog::snapshots
