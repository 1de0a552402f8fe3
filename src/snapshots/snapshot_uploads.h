// Snapshots that clients upload to the running offline cloud to become its state:
//
//   POST   /_local/restores                 starts one: {"name": FILE} -> {"restore": id}
//   PUT    /_local/restores/{id}?offset=N   a piece of the file -> {"received": bytes so far}
//   POST   /_local/restores/{id}/finish     -> {"loaded": false, "read": bytes}: ask again
//                                              {"loaded": true, "read": bytes}: it is committed
//   DELETE /_local/restores/{id}            cancels it; nothing is changed. Rejected once committed
//
// Pieces arrive in order; sending one twice is not an error. They go to an anonymous file
// (anonymous_file.h), which disappears with the process. The first `finish` starts a thread that
// reads the whole file and builds its state beside the current one (staged_state.h), while the
// cloud keeps running; `prepare` may reject the result.
//
// The state is committed only when it is complete and a client is waiting in `finish`. A client
// that gets {"loaded": true} has the new state, whatever happens later; a client that gets an error
// has the old one. Then `loaded` is called, and the cloud must restart with the new state. Writes
// until then go to the old state and are lost, even if they were acknowledged, so clients wait
// until /_local/health shows another "run".
//
// Errors: SnapshotUnusable (damaged, or another format), SnapshotNotLoaded (a full disk, `prepare`,
// a shutdown), SnapshotUnknown (404), SnapshotIsLoaded (409, for a late DELETE), SnapshotIsLoading
// (409: there is one upload at a time, and none during a reset; an abandoned one ends after
// kIdleTimeout, idle_timeout.h).
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "base/api_error.h"
#include "base/ids.h"
#include "base/sweeper.h"
#include "base/thread_annotations.h"
#include "rpc/api.h"
#include "snapshots/anonymous_file.h"
#include "snapshots/staged_state.h"

namespace ddblog::snapshots {

// A loaded state, for the cloud that starts with it.
struct LoadedState {
  std::unique_ptr<StagedState> state;
  std::string name;
  std::string saved_at;
};

class SnapshotUploads {
 public:
  static constexpr std::size_t kNameLength = 4096;         // of a file: the operating system's limit for paths
  static constexpr std::uint64_t kMaxBytes = 64ull << 30;  // of a file: ours

  // `real_time`: a clock that is not moved. `data_directory`: empty for a state in memory.
  // `prepare` gets the new state's store and throws if the cloud could not start with it; it must
  // leave nothing running. `loaded` only passes the news on. Both may be called on any thread.
  SnapshotUploads(Clock& real_time, Ids& ids, std::filesystem::path data_directory, std::function<void(Store&)> prepare,
                  std::function<void()> loaded, std::uint64_t max_bytes = kMaxBytes);
  ~SnapshotUploads();
  SnapshotUploads(const SnapshotUploads&) = delete;

  void addRoutes(rpc::RestApi& api);
  // start() begins to end abandoned uploads; end() rejects any upload that is not loaded.
  void start();
  void end();

  // Another state is built in the directory where uploads are built (staged_state.h), so hold() rejects new
  // uploads until release(). Throws ApiError SnapshotIsLoading if there is one.
  void hold();
  void release();

  bool isLoaded() const;
  // After end(). `state` is nullptr if nothing was loaded.
  LoadedState takeLoaded();

 private:
  enum class Phase { kReceiving, kBuilding, kBuilt, kLoaded, kFailed };
  struct Upload;

  rpc::Response begin(const rpc::Request& request);
  rpc::Response receive(const rpc::Request& request);
  void finish(const rpc::Request& request, rpc::Callback respond);
  rpc::Response cancel(const rpc::Request& request);
  RunningTime sweep();

  // With mutex_ held.
  Upload& find(const rpc::Request& request) REQUIRES(mutex_);
  bool isAbandoned(const Upload& upload) const REQUIRES(mutex_);
  void discardUnused(const std::string& what) REQUIRES(mutex_);
  void discard() REQUIRES(mutex_);
  void answerIfOverdue(Upload& upload) REQUIRES(mutex_);
  void conclude(Upload& upload) REQUIRES(mutex_);
  ApiError cancelled() const REQUIRES(mutex_);

  // On the upload's own thread.
  void build(Upload& upload);
  void advance(Upload& upload, std::uint64_t bytes);

  Clock& clock_;
  Ids& ids_;
  const std::filesystem::path data_directory_;
  const std::function<void(Store&)> prepare_;
  const std::function<void()> loaded_;
  const std::uint64_t max_bytes_;
  mutable Mutex mutex_;
  std::unique_ptr<Upload> upload_ GUARDED_BY(mutex_);
  bool held_ GUARDED_BY(mutex_) = false;
  bool ended_ GUARDED_BY(mutex_) = false;
  std::unique_ptr<Sweeper> sweeper_;
};

}  // namespace ddblog::snapshots
