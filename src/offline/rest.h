// Finds the moments at which the cloud is at rest: nothing is due that is not done.
//
//   Rest rest({clock, real_time, store, activity, delays, hurry, take_arrived});
//   const std::uint64_t seen = rest.changes();
//   const Rest::Look look = rest.look([&](const rpc::Activity& found) { … });   // runs if it is at rest
//   if (!look.is_at_rest) rest.await(seen, deadline);                           // then look again
//
// A look asks each part of the services in its turn, twice, because work passes from one part to
// another (rpc/activity.h). The second time is a command of the writer, the first of its batch: so
// everything that was committed is known to whoever has to do with it, and nothing else is committed
// until the command ends. Time passes meanwhile, so the delays are read between two such looks.
// A function that was killed may have sent a request just before. So what has arrived is handled between
// the two looks: an invocation ends only when its process has ended.
//
// Nobody polls: whoever was at work and rests waits through the cloud's clock, which wakes await(); so
// does each commit.
//
// Thread safety: all methods may be called from any thread but the writer's.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "base/cloud_clock.h"
#include "base/thread_annotations.h"
#include "rpc/activity.h"
#include "rpc/background_work.h"
#include "store/commit_notifier.h"
#include "store/store.h"

namespace ddblog::offline {

class Rest {
 public:
  // All must outlive this. `real_time`: a clock that is not moved. The functions: of the services.
  struct Dependencies {
    CloudClock& clock;
    Clock& real_time;
    Store& store;
    std::function<rpc::Activity()> activity;
    std::function<rpc::Delays()> delays;
    std::function<void()> hurry;
    std::function<void()> take_arrived;  // hands out the requests that have arrived (server/server.h)
  };
  struct Found {
    rpc::Activity activity;
    rpc::Delays delays;  // at rest
  };
  struct Look {
    Found found;              // by the last look; not at rest with nothing to do: work came and went meanwhile
    bool is_at_rest = false;  // and the action has run
  };
  // On the writer thread.
  using Action = std::function<void(const Found& found)>;

  explicit Rest(Dependencies dependencies);
  ~Rest();
  Rest(const Rest&) = delete;

  // Looks, and runs `action` if nothing is due. A part that waits only to have more to do is told to
  // begin. Throws what `action` throws.
  Look look(const Action& action);

  // Grows when something may have come to rest.
  std::uint64_t changes() const;
  // Waits until changes() is not `seen` any more, or until `deadline` of real time.
  void await(std::uint64_t seen, RunningTime deadline);
  // Wakes those who wait.
  void wake();

 private:
  const Dependencies dependencies_;
  mutable Mutex mutex_;
  CondVar changed_;
  std::atomic<std::uint64_t> changes_{0};
  std::atomic<int> waiting_{0};
  CommitNotifier::Subscription commits_;
};

}  // namespace ddblog::offline
