#include "services/lambda/host/function_host.h"

#include <vector>

namespace ddblog::lambda {

FunctionHost::FunctionHost(Clock& clock, Ids& ids, rpc::Listeners& listeners, const HostOptions& options, LogSink log)
    : clock_(clock),
      ids_(ids),
      options_(options),
      log_(std::move(log)),
      runtimes_(options.runtimes),
      timers_(clock),
      peers_(log_),
      dependencies_{supervisor_, runtime_api_, listeners, runtimes_, log_, peers_} {}

FunctionHost::~FunctionHost() { stop(); }

void FunctionHost::invoke(const FunctionPointer& function, Invocation invocation, InvocationDone done) {
  if (const auto found = pool(function)) {
    found->invoke(std::move(invocation), std::move(done));
  } else {
    done({InvocationResult::Kind::kStopped, {}, {}});
  }
}

void FunctionHost::prewarm(const FunctionPointer& function) {
  if (const auto found = pool(function)) found->prewarm();
}

int FunctionHost::concurrency(const FunctionPointer& function) {
  const int most = options_.pools.concurrency;
  return std::min(function->reserved_concurrency.value_or(most), most);
}

std::shared_ptr<ProcessPool> FunctionHost::pool(const FunctionPointer& function) {
  MutexLock lock(mutex_);
  if (stopped_) return nullptr;
  std::shared_ptr<ProcessPool>& found = pools_[function->name];
  if (!found) {
    found = std::make_shared<ProcessPool>(clock_, ids_, timers_, dependencies_, options_.pools, function);
  } else if (found->function() != function) {
    found->replace(function);
  }
  return found;
}

void FunctionHost::stop() {
  std::vector<std::shared_ptr<ProcessPool>> pools;
  {
    MutexLock lock(mutex_);
    if (stopped_) return;
    stopped_ = true;
    for (const auto& [name, pool] : pools_) pools.push_back(pool);
  }
  const RunningTime deadline = clock_.runningTime() + options_.stop_grace;
  for (const auto& pool : pools) pool->beginStop();
  for (const auto& pool : pools) pool->waitUntilQuiet(deadline);
  for (const auto& pool : pools) pool->endStop();
  timers_.stop();
  supervisor_.stop();
}

}  // namespace ddblog::lambda
