// States that clients of the offline cloud are reading piece by piece, and the routes by which they do:
//
//   POST   /_local/snapshots                        takes one: {"snapshot": id, "exportTime": "…", "items": n,
//                                                   "events": n, "tables": [{"name", "arn", "id", "items", "bytes"}]}
//   GET    /_local/snapshots/{id}?from=POSITION     a block's content, gzip, for the file (snapshot_file.h)
//   GET    /_local/snapshots/{id}/tables/{name}?from=POSITION   items of a table, a line each
//   DELETE /_local/snapshots/{id}                   lets go of it
//
// Answers of GET carry what else there is to say in headers: x-ddblog-kind ("S", "A"), x-ddblog-items, x-ddblog-events,
// and x-ddblog-next, a position in base64 (from); absent: nothing follows. So a reader can ask again for what got lost.
//
// At most kMost states are held (a fifth is refused: SnapshotsInUse, status 429), each until it is deleted or nobody
// has read from it for kIdle (idle_time.h): a client that went away must not keep old values in the store for ever.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/ids.h"
#include "base/sweeper.h"
#include "rpc/service.h"
#include "snapshots/saved_state.h"

namespace ddblog::snapshots {

class HeldStates {
 public:
  static constexpr std::size_t kMost = 4;

  // `real_time`: a clock that nobody moves. `take` makes a state as of now.
  HeldStates(Clock& real_time, Ids& ids, std::function<SavedState()> take);
  HeldStates(const HeldStates&) = delete;

  void addRoutes(rpc::RestService& service);
  // The states whose time is over are let go of from now on; `end` lets go of all.
  void start();
  void end();

 private:
  struct Held {
    std::shared_ptr<const SavedState> state;
    Timestamp used_at;
  };

  rpc::Answer take();
  rpc::Answer readPart(const rpc::Request& request);
  rpc::Answer readTable(const rpc::Request& request);
  rpc::Answer forget(const rpc::Request& request);
  std::shared_ptr<const SavedState> find(const std::string& id);
  Timestamp sweep();

  Clock& clock_;
  Ids& ids_;
  const std::function<SavedState()> take_;
  std::mutex mutex_;
  std::map<std::string, Held> held_;
  std::unique_ptr<Sweeper> sweeper_;
};

}  // namespace ddblog::snapshots
