// A snapshot that a client sends to the running offline cloud to become its state, and the routes by which it does:
//
//   POST   /_local/restores                    begins: {"name": FILE} -> {"restore": id}
//   PUT    /_local/restores/{id}?offset=N      a piece of the file: its bytes -> {"received": how many there are now}
//   POST   /_local/restores/{id}/finish        -> {"loaded": false, "read": bytes}: not yet, ask again
//                                                 {"loaded": true, "read": bytes}: it is the state, see below
//   DELETE /_local/restores/{id}               lets go of it: nothing is changed; refused when it is loaded
//
// Pieces come in order; one that comes again is no error. The file has no name (nameless_file.h): it goes as the
// process does. When the first `finish` asks, the whole file is read and its state is built beside the one that there
// is (new_state.h), on a thread of its own, while the cloud goes on serving; `prepare` may refuse it. It becomes the
// state only when it is whole and somebody is there to be told: so who is answered {"loaded": true} has the new state,
// whatever happens after that, and who is refused has the old one. Then `loaded` is called, and the cloud has to be
// started anew with it. What is written until that has happened is written to the old state, and goes with it, however
// it was answered: a client waits until /_local/health has another "run".
//
// Refusals: SnapshotUnusable (damaged, foreign), SnapshotNotLoaded (a full disk, `prepare`, the end of the cloud),
// SnapshotUnknown (404), SnapshotIsLoaded (409, of a DELETE that is too late), SnapshotIsLoading (409: there is one at
// a time, and one that nobody continues is forgotten after kIdle, idle_time.h).
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/api_error.h"
#include "base/ids.h"
#include "base/sweeper.h"
#include "rpc/service.h"
#include "snapshots/nameless_file.h"
#include "snapshots/new_state.h"

namespace ddblog::snapshots {

// A state that was loaded, for the cloud that is started with it.
struct LoadedState {
  std::unique_ptr<NewState> state;
  std::string name;
  std::string saved_at;
};

class Restores {
 public:
  static constexpr std::size_t kNameLength = 4096;          // of a file: the operating system's limit of a path
  static constexpr std::uint64_t kMostBytes = 64ull << 30;  // of a file: ours

  // `real_time`: a clock that nobody moves. `data_directory`: an empty path for a state in memory. `prepare` gets the
  // new state's store, and throws why the cloud could not be started with it; nothing of it is at work when it returns.
  // `loaded` only passes it on. Both may be called on any thread.
  Restores(Clock& real_time, Ids& ids, std::filesystem::path data_directory, std::function<void(Store&)> prepare,
           std::function<void()> loaded, std::uint64_t most_bytes = kMostBytes);
  ~Restores();
  Restores(const Restores&) = delete;

  void addRoutes(rpc::RestService& service);
  // What nobody continues is forgotten from now on; `end` refuses all that is not loaded yet.
  void start();
  void end();

  bool isLoaded() const;
  // After end(). `state` is nullptr if nothing was loaded.
  LoadedState takeLoaded();

 private:
  enum class Phase { kReceiving, kBuilding, kBuilt, kLoaded, kRefused };
  struct Restore;

  rpc::Answer begin(const rpc::Request& request);
  rpc::Answer receive(const rpc::Request& request);
  void finish(const rpc::Request& request, rpc::Respond respond);
  rpc::Answer forget(const rpc::Request& request);
  Timestamp sweep();

  // With mutex_ held.
  Restore& find(const rpc::Request& request);
  bool isForgotten(const Restore& restore) const;
  void letGo();
  void answerWhoWaited(Restore& restore);
  void conclude(Restore& restore);
  ApiError unwanted() const;

  // On the restore's own thread.
  void build(Restore& restore);
  void advance(Restore& restore, std::uint64_t bytes);

  Clock& clock_;
  Ids& ids_;
  const std::filesystem::path data_directory_;
  const std::function<void(Store&)> prepare_;
  const std::function<void()> loaded_;
  const std::uint64_t most_bytes_;
  mutable std::mutex mutex_;
  std::unique_ptr<Restore> restore_;
  bool ended_ = false;
  std::unique_ptr<Sweeper> sweeper_;
};

}  // namespace ddblog::snapshots
