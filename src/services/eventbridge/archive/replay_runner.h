// Runs the replays of the API on a thread of its own, page by page: reads events of the archive,
// then routes them again in one command, which also writes the replay's position. So a replay goes
// on after a restart or a kill -9 where it was, and needs the memory of one page.
//
//   STARTING -> RUNNING -> COMPLETED
//       |          |
//       +----------+-> CANCELLING -> CANCELLED      (CancelReplay)
//       +----------+-> FAILED                       (the archive or the bus was deleted, or the archive cannot be read)
//
// Replays that are active at the same time take turns. Before a replay begins, every event that was put
// until then is moved into the archive. Events that are put after its start are not replayed, whatever
// its range: they may be what its own events have led to. A replay waits while kReplayPending deliveries
// wait to be handled (rpc::Recipients::pending). It looks again when kReplayLooksAgain of them are handled,
// or after a second.
//
// If the store or the archive fails, the log gets one line, and the runner tries again after kReplayRetry.
// What the archive refuses to one replay does not hold up the others. A page that cannot be read is tried
// kReadAttempts times; then its replay has failed, with what SQLite says as the reason.
//
// A replay with a rate sends a piece of at most a tenth of a second at a time. One that only counts routes
// nothing. Thread safety: all methods may be called from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "base/thread_annotations.h"
#include "rpc/activity.h"
#include "services/eventbridge/archive/context.h"
#include "services/eventbridge/archive/replay_source.h"

namespace ddblog::eventbridge {

class ReplayRunner {
 public:
  // `context` must outlive it.
  explicit ReplayRunner(ArchiveContext& context) : context_(context) {}
  ~ReplayRunner() { stop(); }
  ReplayRunner(const ReplayRunner&) = delete;

  void start();
  // Ends after the page that is being replayed.
  void stop();
  rpc::Activity activity() const;

 private:
  // What to do after a pass over the active replays.
  struct Pass {
    bool is_done = true;                          // no replay has more to do now
    RunningTime goes_on_at = RunningTime::max();  // when one has more to do
  };
  // Why a replay that has more to do does not do it now.
  struct Pause {
    RunningTime until;
    int failures = 0;  // of the archive, one after another
  };

  void run();
  Pass pass();
  bool step(const Replay& replay);
  bool tryStep(const Replay& replay);
  void warnOfFailure(const std::string& what);
  void begin(const Replay& replay);
  bool replayPage(const Replay& replay);
  void sendPage(const Replay& replay, const ReplayPage& page);
  void end(const std::string& name, ReplayState state, const std::string& reason);
  bool hasRoom();
  bool mayHaveRoom() const REQUIRES(mutex_);
  void wake();

  ArchiveContext& context_;
  mutable Mutex mutex_;
  CondVar changed_;
  bool is_running_ GUARDED_BY(mutex_) = false;
  bool stopping_ GUARDED_BY(mutex_) = false;
  bool woken_ GUARDED_BY(mutex_) = true;
  RunningTime rests_until_ GUARDED_BY(mutex_) = RunningTime::min();  // min: it does not rest
  bool waits_for_room_ GUARDED_BY(mutex_) = false;
  std::uint64_t look_again_at_ GUARDED_BY(mutex_) = 0;  // when so many messages are handled, there may be room
  RunningTime look_again_by_ = RunningTime::min();      // the thread's own: it looks then in any case
  std::uint64_t changes_ GUARDED_BY(mutex_) = 0;
  bool was_failing_ = false;             // the thread's own
  std::map<std::string, Pause> paused_;  // the thread's own; by the replay's name
  std::size_t deliveries_ = 0;           // the thread's own: how many may follow before those that wait are counted
  CommitNotifier::Subscription subscription_;
  std::vector<CommitNotifier::Subscription> room_;
  std::thread thread_;
};

}  // namespace ddblog::eventbridge
