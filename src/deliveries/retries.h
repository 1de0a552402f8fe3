// Tries deliveries again that targets did not take (deliveries.h), each when it is due, on a
// thread of its own that waits for the first one.
//
// A retry and its result are one command, so a crash loses none; one that ran is repeated at most.
// After a crash the running time may be behind: deliveries that would be due later than any delay
// allows are pulled forward.
//
// Thread safety: as rpc::DueThread.
#pragma once

#include <string>

#include "base/clock.h"
#include "deliveries/deliveries.h"
#include "rpc/due_thread.h"
#include "store/store.h"

namespace ddblog::deliveries {

class Retries {
 public:
  // `deliveries` must outlive it. `what`: what it does, in words, for Activity.
  Retries(const Deliveries& deliveries, std::string what);

  void start() { thread_.start(deliveries_.added()); }
  void stop() { thread_.stop(); }
  rpc::Activity activity() const { return thread_.activity(); }

 private:
  void pullForward() const;
  // One that cannot be read is not due any more; the others go on.
  void tryRetry(Transaction& transaction, const std::string& due_key) const;
  // Tries what is due; returns when more is.
  RunningTime retryDue() const;

  const Deliveries& deliveries_;
  bool has_pulled_ = false;  // the thread's own
  rpc::DueThread thread_;
};

}  // namespace ddblog::deliveries
