// Tries deliveries again that targets did not take (deliveries.h), each when it is due, on a
// thread of its own that waits for the first one.
//
// A retry and its result are one command, so a crash loses none; one that ran is repeated at most.
// After a crash the running time may be behind: deliveries that would be due later than any delay
// allows are pulled forward.
//
// Thread safety: as rpc::DueThread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "deliveries/deliveries.h"
#include "rpc/due_thread.h"
#include "store/store.h"

namespace ddblog::deliveries {

class Retries {
 public:
  using IsMuchWork = std::function<bool(std::string_view target_arn)>;

  // `deliveries` must outlive it. `what`: what it does, in words, for Activity. `is_much_work`: whether a delivery
  // to the target can be as much work as a command may be, so that the command makes no further one.
  Retries(const Deliveries& deliveries, std::string what, const IsMuchWork& is_much_work = {});

  void start() { thread_.start(deliveries_.added()); }
  void stop() { thread_.stop(); }
  rpc::Activity activity() const { return thread_.activity(); }

 private:
  void pullForward() const;
  // As Deliveries::retry. One that cannot be read is not due any more; the others go on.
  std::string tryRetry(Transaction& transaction, const std::string& due_key) const;
  // Tries what is due; returns when more is.
  RunningTime retryDue(const IsMuchWork& is_much_work) const;

  const Deliveries& deliveries_;
  bool has_pulled_ = false;  // the thread's own
  rpc::DueThread thread_;
};

}  // namespace ddblog::deliveries
