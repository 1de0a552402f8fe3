#include "offline/durable_running_time.h"

#include <exception>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "offline/key_spaces.h"
#include "store/key_space.h"

namespace ddblog::offline {
namespace {

std::string runningTimeKey() { return KeyBuilder(key_spaces::kRunningTime).str(); }

// Reads the clock on the writer thread, so that a later write is never of an earlier time.
void putRunningTime(Transaction& transaction, const Clock& clock) {
  const RunningTime reached = clock.runningTime();
  std::string value;
  appendNumber<std::int64_t>(value, reached.time_since_epoch().count());
  transaction.put(runningTimeKey(), std::move(value));
}

}  // namespace

DurableRunningTime::DurableRunningTime(AdjustableClock& clock, Store& store) : clock_(clock), store_(store) {
  const auto stored = store_.snapshot()->get(runningTimeKey());
  if (!stored) return;
  std::string_view bytes = *stored;
  clock_.continueFrom(RunningTime(Duration(takeNumber<std::int64_t>(bytes))));
}

void DurableRunningTime::start(Sweeper::Warn warn) {
  warn_ = std::move(warn);
  sweeper_.emplace(clock_, warn_, [this] {
    const RunningTime now = clock_.runningTime();
    try {
      store_.writeAndWait([this](Transaction& transaction) { putRunningTime(transaction, clock_); });
    } catch (const StoreFailed&) {
      // Nothing is lost: more is counted again if the program ends now. The store's user hears of it
      // from whoever has something to lose.
    }
    return now + kInterval;
  });
}

void DurableRunningTime::stop() {
  if (!sweeper_) return;
  sweeper_.reset();
  try {
    store_.writeAndWait([this](Transaction& transaction) { putRunningTime(transaction, clock_); });
  } catch (const std::exception& error) {
    warn_(std::string("the running time could not be stored, up to a minute is counted again: ") + error.what());
  }
}

void DurableRunningTime::save(Store::Completion done) {
  store_.write([this](Transaction& transaction) { putRunningTime(transaction, clock_); }, std::move(done));
}

}  // namespace ddblog::offline
