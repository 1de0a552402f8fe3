#include "services/lambda/host/function_host.h"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

#include "services/lambda/functions/stored_function.h"
#include "services/lambda/host/code_age.h"
#include "services/lambda/host/code_watch.h"

namespace ddblog::lambda {

namespace {

// Where a function's code is on the disk, and its local layers: directories and zip archives.
std::set<std::filesystem::path> codePaths(const Function& function) {
  std::set<std::filesystem::path> paths(function.layer_directories.begin(), function.layer_directories.end());
  if (function.code.sha256.empty() && function.built_in.empty()) paths.insert(function.code_directory);
  return paths;
}

// Zip archives are not watched.
std::set<std::filesystem::path> watchedDirectories(const Function& function) {
  std::set<std::filesystem::path> directories = codePaths(function);
  if (isArchive(function.code_directory)) directories.erase(function.code_directory);
  return directories;
}

// When code was changed; looks once at each path.
class CodeAges {
 public:
  explicit CodeAges(std::filesystem::path ignored) : ignored_(std::move(ignored)) {}

  // Whether code was changed since a process of the pool was made. What came within a tick after that, the process
  // has read.
  bool isOutdated(const ProcessPool& pool) {
    const FileTime oldest = pool.oldestProcess();
    if (oldest == FileTime::max()) return false;
    const auto paths = codePaths(*pool.function());
    return std::ranges::any_of(paths, [&](const auto& path) { return newest(path) > oldest; });
  }

 private:
  FileTime newest(const std::filesystem::path& path) {
    const auto [found, is_new] = newest_.try_emplace(path);
    if (is_new) found->second = newestChange(path, ignored_);
    return found->second;
  }

  const std::filesystem::path ignored_;
  std::map<std::filesystem::path, FileTime> newest_;
};

// Whether a process of the one does what a process of the other would do.
bool runsLike(Function one, Function other) {
  for (Function* function : {&one, &other}) {
    function->revision = 0;
    function->revision_id.clear();
    function->last_version = 0;
    function->last_modified = {};
    function->asynchronous = {};
  }
  return encodeFunction(one) == encodeFunction(other);
}

}  // namespace

FunctionHost::FunctionHost(Clock& clock, Ids& ids, rpc::Listeners& listeners, const HostOptions& options, LogSink log)
    : clock_(clock),
      ids_(ids),
      options_(options),
      log_(std::move(log)),
      runtimes_(options.runtimes),
      timers_(clock),
      peers_(log_),
      code_watch_(options.watch ? std::make_unique<CodeWatch>(
                                      clock, supervisor_, timers_, *options.watch, log_,
                                      [this](const std::filesystem::path& directory, const std::string& example) {
                                        codeChanged(directory, example);
                                      })
                                : nullptr),
      dependencies_{supervisor_, runtime_api_, listeners, runtimes_, log_, peers_, memory_looks_} {}

FunctionHost::~FunctionHost() { stop(); }

void FunctionHost::invoke(const FunctionPointer& function, Invocation invocation, InvocationDone done) {
  const FunctionPointer version = route(function);
  if (invocation.function_arn.empty()) invocation.function_arn = function->arn;
  if (invocation.streams) {
    invocation.streams = [version, streams = std::move(invocation.streams)](StreamedAnswer answer) {
      answer.executed_version = version->version;
      streams(std::move(answer));
    };
  }
  if (!begin()) return done({InvocationResult::Kind::kStopped, {}, {}, {}});
  const bool is_retry = invocation.is_retry;
  const auto found = pool(version);
  if (!found) {  // it stops now
    done({InvocationResult::Kind::kStopped, {}, {}, {}});
    return ended();
  }
  found->invoke(std::move(invocation), [this, version, is_retry, done = std::move(done)](InvocationResult result) {
    count(version->name, result, is_retry);
    result.executed_version = version->version;
    done(std::move(result));
    ended();
  });
}

bool FunctionHost::begin() {
  MutexLock lock(mutex_);
  if (paused_ || stopped_) return false;
  ++running_;
  return true;
}

void FunctionHost::count(const std::string& name, const InvocationResult& result, bool is_retry) {
  if (result.kind == InvocationResult::Kind::kStopped) return;
  MutexLock lock(mutex_);
  InvocationCounts& counts = counts_[name];
  if (result.kind == InvocationResult::Kind::kThrottled) {
    ++counts.throttles;
    return;
  }
  ++counts.invocations;
  if (result.kind == InvocationResult::Kind::kFunctionError) ++counts.errors;
  if (is_retry) ++retries_;
}

std::map<std::string, InvocationCounts> FunctionHost::counts() const {
  std::vector<std::shared_ptr<ProcessPool>> pools;
  std::map<std::string, InvocationCounts> counts;
  {
    MutexLock lock(mutex_);
    counts = counts_;
    pools = allPools();
  }
  for (const auto& pool : pools) {
    if (const std::size_t running = pool->running(); running > 0) counts[pool->function()->name].running += running;
  }
  return counts;
}

std::uint64_t FunctionHost::retries() const {
  MutexLock lock(mutex_);
  return retries_;
}

void FunctionHost::ended() {
  MutexLock lock(mutex_);
  if (--running_ == 0) changed_.notifyAll();
}

// The version that runs an invocation of the function.
FunctionPointer FunctionHost::route(const FunctionPointer& function) {
  if (!function->target) return function;
  if (function->routes.empty()) return function->target;
  double part = static_cast<double>(ids_.number() >> 11) * 0x1p-53;  // from 0 to 1
  for (const Route& route : function->routes) {
    if (part < route.weight) return route.function;
    part -= route.weight;
  }
  return function->target;
}

void FunctionHost::forget(const Function& function) {
  std::shared_ptr<ProcessPool> pool;
  {
    MutexLock lock(mutex_);
    std::erase_if(forgotten_, [](const auto& other) { return other->isEmpty(); });
    if (function.version == kLatest) counts_.erase(function.name);
    const auto found = pools_.find(function.reference());
    if (found == pools_.end() || stopped_) return;
    pool = std::move(found->second);
    pools_.erase(found);
    forgotten_.push_back(pool);
    ++times_forgotten_[function.reference()];
    watchCode();
  }
  pool->retire();
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
  if (paused_ || stopped_) return nullptr;
  std::shared_ptr<ProcessPool>& found = pools_[function->reference()];
  if (!found) {
    std::string name = function->reference();
    // A function that is made anew, while processes of the former one are ending.
    if (const auto times = times_forgotten_.find(name); times != times_forgotten_.end()) {
      name += "." + std::to_string(times->second);
    }
    found = std::make_shared<ProcessPool>(clock_, ids_, timers_, dependencies_, options_.pools, function, name);
  } else if (found->function()->revision < function->revision) {
    found->replace(function);
  } else {  // a caller that looked the function up earlier does not bring its former code back
    return found;
  }
  watchCode();
  return found;
}

// Watches the directories of the functions that have run.
void FunctionHost::watchCode() {
  if (!code_watch_) return;
  std::set<std::filesystem::path> directories;
  for (const auto& [name, pool] : pools_) {
    const FunctionPointer function = pool->function();
    directories.merge(watchedDirectories(*function));
  }
  code_watch_->watch(std::move(directories));
}

void FunctionHost::codeChanged(const std::filesystem::path& directory, const std::string& example) {
  std::string names;
  MutexLock lock(mutex_);
  if (stopped_) return;
  for (const auto& [name, pool] : pools_) {
    if (!watchedDirectories(*pool->function()).contains(directory) || !pool->reload()) continue;
    names += (names.empty() ? "" : ", ") + name;
  }
  if (!names.empty()) log_("lambda: the code of " + names + " has changed (" + example + "): it runs from now on");
}

std::vector<std::shared_ptr<ProcessPool>> FunctionHost::allPools() const {
  std::vector<std::shared_ptr<ProcessPool>> pools;
  for (const auto& [name, pool] : pools_) pools.push_back(pool);
  pools.insert(pools.end(), forgotten_.begin(), forgotten_.end());
  return pools;
}

void FunctionHost::pause() {
  const RunningTime deadline = clock_.runningTime() + options_.stop_grace;
  MutexLock lock(mutex_);
  paused_ = true;
  const auto pools = allPools();
  lock.unlock();
  for (const auto& pool : pools) pool->pause();
  lock.lock();
  while (running_ > 0 && clock_.runningTime() < deadline) clock_.wait(lock, changed_, deadline);
  lock.unlock();
  for (const auto& pool : pools) pool->endRunning();
  const RunningTime given_up_at = clock_.runningTime() + kLongestDelivery;
  lock.lock();
  while (running_ > 0 && clock_.runningTime() < given_up_at) clock_.wait(lock, changed_, given_up_at);
  if (running_ > 0) {
    throw std::runtime_error("the results of " + std::to_string(running_) + " invocations could not be delivered in " +
                             std::to_string(kLongestDelivery / std::chrono::seconds(1)) + " seconds");
  }
}

void FunctionHost::leaveStore() {
  runtimes_.readCodeBy([](const Code&) -> std::string { throw std::runtime_error("the cloud changes its state"); });
}

void FunctionHost::resume(UnpackedCode::ReadCode read_code,
                          const std::function<FunctionPointer(const std::string& reference)>& find) {
  std::vector<std::shared_ptr<ProcessPool>> outdated;
  CodeAges ages(options_.watch ? options_.watch->ignored : std::filesystem::path());
  runtimes_.readCodeBy(std::move(read_code));
  {
    MutexLock lock(mutex_);
    std::erase_if(forgotten_, [](const auto& other) { return other->isEmpty(); });
    counts_.clear();
    for (auto pool = pools_.begin(); pool != pools_.end();) {
      const FunctionPointer function = find(pool->first);
      if (function && runsLike(*pool->second->function(), *function) && !ages.isOutdated(*pool->second)) {
        pool->second->resume(function);
        ++pool;
        continue;
      }
      outdated.push_back(pool->second);
      forgotten_.push_back(pool->second);
      ++times_forgotten_[pool->first];
      pool = pools_.erase(pool);
    }
    paused_ = false;
    watchCode();
  }
  for (const auto& pool : outdated) pool->retire();
}

void FunctionHost::stop() {
  std::vector<std::shared_ptr<ProcessPool>> pools;
  {
    MutexLock lock(mutex_);
    if (stopped_) return;
    stopped_ = true;
    pools = allPools();
  }
  const RunningTime deadline = clock_.runningTime() + options_.stop_grace;
  for (const auto& pool : pools) pool->beginStop();
  for (const auto& pool : pools) pool->waitUntilQuiet(deadline);
  for (const auto& pool : pools) pool->endStop();
  timers_.stop();
  memory_looks_.stop();
  supervisor_.stop();
}

}  // namespace ddblog::lambda
