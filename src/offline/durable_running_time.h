// Keeps the running time of the cloud's clock (base/clock.h) across restarts.
//
//   kRunningTime   ->   the running time that was reached, milliseconds (8 bytes, big-endian)
//
// It is written after each minute of running time, when the clock is moved, and at an orderly stop.
// So after a crash the clock goes on from at most a minute before: that minute is counted twice, and
// everything is kept that much longer, never shorter. No append waits for it.
//
// The key is part of a snapshot: a loaded state goes on from its own running time. A store without
// the key begins at the time of day (base/clock.h says why).
//
// Thread safety: the constructor, start() and stop() by one thread; save() by any.
#pragma once

#include <optional>

#include "base/clock.h"
#include "base/sweeper.h"
#include "store/store.h"

namespace ddblog::offline {

class DurableRunningTime {
 public:
  static constexpr std::chrono::minutes kInterval{1};

  // Sets the clock to the running time in the store. Both must outlive this. Throws
  // std::runtime_error if the stored value is not one.
  DurableRunningTime(AdjustableClock& clock, Store& store);

  // Begins to write it regularly, from now on.
  void start(Sweeper::Warn warn);
  // Writes it for the last time.
  void stop();
  // Writes it, then calls `done` on the writer thread.
  void save(Store::Completion done);

 private:
  AdjustableClock& clock_;
  Store& store_;
  Sweeper::Warn warn_;
  std::optional<Sweeper> sweeper_;
};

}  // namespace ddblog::offline
