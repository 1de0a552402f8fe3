// The store on RocksDB: the queue of commands and their writer.
#include "store/rocksdb_store.h"

#include <rocksdb/perf_level.h>

#include <algorithm>
#include <cassert>
#include <deque>
#include <future>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "base/thread_annotations.h"
#include "store/commit_failed.h"
#include "store/commits.h"
#include "store/committed_state.h"
#include "store/overlay.h"

namespace ddblog {

namespace {

// Both limit how long a command waits for the rest of its batch.
constexpr std::size_t kCommandsPerBatch = 1024;
constexpr std::size_t kBytesPerBatch = 4u << 20;  // of keys and values; the command that passes it is the last

constexpr Duration kFirstAttempt{250};                 // after a failure
constexpr Duration kLongestPause{4000};                // between attempts
constexpr Duration kStable{60'000};                    // after that long, the next failure is a new one
constexpr std::chrono::milliseconds kPlaceCheck{500};  // between looks whether the directory is in its place

// The time in which the store refuses commands. Writer thread only.
struct Outage {
  std::string reason;
  RunningTime since;
  RunningTime next_attempt;
  Duration pause{};
  bool needs_restart = false;
  // Of batches that may be on the disk: what they notify is notified once that is known.
  std::set<CommitNotifier::Weak> notifiers;
};

class RocksStore : public Store {
 public:
  RocksStore(const std::shared_ptr<rocksdb::FileSystem>& files, const StoreOptions& options)
      : options_(options),
        clock_(options.clock ? *options.clock : own_clock_),
        on_disk_(files != nullptr),
        state_(files, options, [this] { wake(); }),
        writer_([this] { runWriter(); }) {}

  ~RocksStore() override {
    {
      MutexLock lock(mutex_);
      closing_ = true;
    }
    arrived_.notifyAll();
    writer_.join();
  }

  void write(Command command, Completion completion) override {
    add({std::move(command), std::move(completion), nullptr}, kAtOnce);
  }

  // In memory there is no fsync to share.
  void writeSoon(Command command, Completion completion) override {
    add({std::move(command), std::move(completion), nullptr},
        on_disk_ ? std::chrono::steady_clock::now() + options_.patience : kAtOnce);
  }

  void drain() override {
    assert(std::this_thread::get_id() != writer_.get_id() && "the writer cannot wait for itself");
    MutexLock lock(mutex_);
    const std::uint64_t before = accepted_;
    if (!waiting_.empty()) hurry(kAtOnce);
    while (finished_ < before) finished_changed_.wait(lock);
  }

  std::unique_ptr<Snapshot> snapshot() const override { return state_.snapshot(); }
  std::string verifyChecksums() const override { return state_.verifyChecksums(); }

  CommitNotifier& commits() { return commits_; }

 private:
  struct Waiting {
    Command command;
    Completion completion;
    std::exception_ptr error;
  };

  using Moment = std::chrono::steady_clock::time_point;
  static constexpr Moment kAtOnce = Moment::min();
  static constexpr Moment kNever = Moment::max();

  void add(Waiting waiting, Moment due) {
    MutexLock lock(mutex_);
    if (std::this_thread::get_id() != writer_.get_id()) {
      while (waiting_.size() >= options_.waiting_commands) room_.wait(lock);
    }
    waiting_.push_back(std::move(waiting));
    ++accepted_;
    hurry(due);
  }

  void hurry(Moment due) REQUIRES(mutex_) {
    if (due >= due_) return;
    due_ = due;
    arrived_.notifyOne();
  }

  // Whether the writer takes what waits. While the store refuses commands, they have nothing to wait for.
  bool isDue() const REQUIRES(mutex_) {
    if (waiting_.empty()) return false;
    return due_ == kAtOnce || outage_ || std::chrono::steady_clock::now() >= due_;
  }

  void wake() {
    MutexLock lock(mutex_);
    woken_ = true;
    arrived_.notifyAll();
  }

  void runWriter() {
    rocksdb::SetPerfLevel(rocksdb::kDisable);  // else RocksDB counts every key comparison on this thread
    Overlay overlay(state_);
    std::deque<Waiting> batch;
    while (takeBatch(batch)) {
      lookAtDisk(batch.empty());
      while (!batch.empty()) noteFinished(outage_ ? refuse(batch) : runBatch(batch, overlay));
    }
  }

  // Waits for commands and takes all that wait; or for the next look at the disk. False: the store is
  // closing and no commands are left.
  bool takeBatch(std::deque<Waiting>& batch) {
    MutexLock lock(mutex_);
    const auto look = std::chrono::steady_clock::now() + kPlaceCheck;
    while (!closing_ && !isDue() && !woken_) {
      if (outage_) {
        if (clock_.runningTime() >= outage_->next_attempt) break;
        clock_.wait(lock, arrived_, outage_->next_attempt);
      } else if (!on_disk_) {
        arrived_.wait(lock);
      } else if (!arrived_.waitUntil(lock, std::min(look, due_))) {
        break;
      }
    }
    woken_ = false;
    if (waiting_.empty()) return !closing_;
    while (!waiting_.empty() && batch.size() < kCommandsPerBatch) {
      batch.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
    due_ = waiting_.empty() ? kNever : kAtOnce;
    room_.notifyAll();
    return true;
  }

  // Notices failures that no commit would notice (now), and their end.
  void lookAtDisk(bool is_idle) {
    if (is_idle && on_disk_ && !outage_) {
      if (const std::string problem = state_.problem(); !problem.empty()) fail(problem);
    }
    if (!outage_ || clock_.runningTime() < outage_->next_attempt) return;
    try {
      state_.reopen();
    } catch (const std::logic_error& error) {
      return postpone(error.what(), true);
    } catch (const StoreDamaged& error) {
      return postpone(error.what(), true);
    } catch (const std::exception&) {
      return postpone(outage_->reason, false);
    }
    const Outage past = std::move(*outage_);
    outage_.reset();
    last_pause_ = past.pause;
    works_since_ = clock_.runningTime();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(works_since_ - past.since);
    say("works again after " + std::to_string(seconds.count()) + " s");
    for (const CommitNotifier::Weak& notifier : past.notifiers) notifier.notify();
  }

  void fail(const std::string& reason) {
    const RunningTime now = clock_.runningTime();
    const bool is_new = works_since_ == RunningTime::min() || now - works_since_ >= kStable;
    const Duration pause = is_new ? kFirstAttempt : std::min(last_pause_ * 2, kLongestPause);
    outage_ = Outage{reason, now, now + pause, pause, false, {}};
    say("refuses writes: " + reason + "; trying again");
  }

  void postpone(const std::string& reason, bool needs_restart) {
    if (needs_restart && !outage_->needs_restart) say("refuses writes: " + reason);
    outage_->needs_restart = needs_restart;
    outage_->reason = reason;
    outage_->pause = std::min(outage_->pause * 2, kLongestPause);
    outage_->next_attempt = clock_.runningTime() + outage_->pause;
  }

  // Runs commands, as many as a batch may have, commits and completes them. Returns how many.
  std::size_t runBatch(std::deque<Waiting>& batch, Overlay& overlay) {
    std::size_t ran = 0;
    while (ran < batch.size() && overlay.writtenBytes() < kBytesPerBatch) runCommand(overlay, batch[ran++]);
    const std::exception_ptr failure = commit(overlay);
    if (!failure) {
      for (const auto& action : overlay.actions()) action();
    }
    // A command may have thrown because of another one's write, which now does not exist.
    for (std::size_t i = 0; i < ran; ++i) batch[i].completion(failure ? failure : batch[i].error);
    if (!failure) {
      for (CommitNotifier* notifier : overlay.notifiers()) notifier->notify();
      if (!overlay.writes().empty()) commits_.notify();
    }
    overlay.clear();
    batch.erase(batch.begin(), batch.begin() + static_cast<std::ptrdiff_t>(ran));
    return ran;
  }

  static void runCommand(Overlay& overlay, Waiting& waiting) {
    try {
      waiting.command(overlay);
      overlay.commitSavepoint();
    } catch (...) {
      overlay.rollback();
      waiting.error = std::current_exception();
    }
  }

  std::exception_ptr commit(const Overlay& overlay) {
    if (overlay.writes().empty()) return nullptr;
    try {
      state_.commit(overlay.writes());
      return nullptr;
    } catch (const StoreFailed& error) {
      fail(error.what());
      for (const CommitNotifier* notifier : overlay.notifiers()) outage_->notifiers.emplace(*notifier);
      return std::current_exception();
    }
  }

  std::size_t refuse(std::deque<Waiting>& batch) const {
    const auto error = std::make_exception_ptr(CommitFailed("the store refuses writes: " + outage_->reason));
    for (const Waiting& waiting : batch) waiting.completion(error);
    const std::size_t refused = batch.size();
    batch.clear();
    return refused;
  }

  void noteFinished(std::size_t commands) {
    MutexLock lock(mutex_);
    finished_ += commands;
    finished_changed_.notifyAll();
  }

  void say(const std::string& line) const {
    if (options_.log) options_.log("the store " + line);
  }

  const StoreOptions options_;
  CommitNotifier commits_;
  AdjustableClock own_clock_;
  Clock& clock_;
  const bool on_disk_;
  std::optional<Outage> outage_;  // writer thread only, and the next two
  RunningTime works_since_ = RunningTime::min();
  Duration last_pause_{};

  Mutex mutex_;
  CondVar arrived_, room_, finished_changed_;
  std::deque<Waiting> waiting_ GUARDED_BY(mutex_);
  Moment due_ GUARDED_BY(mutex_) = kNever;         // when the writer takes them
  std::uint64_t accepted_ GUARDED_BY(mutex_) = 0;  // commands since the store was opened
  std::uint64_t finished_ GUARDED_BY(mutex_) = 0;
  bool woken_ GUARDED_BY(mutex_) = false;
  bool closing_ GUARDED_BY(mutex_) = false;
  CommittedState state_;  // calls wake()
  std::thread writer_;
};

}  // namespace

std::unique_ptr<Store> Store::open(const StoreOptions& options) {
  if (options.in_memory) return std::make_unique<RocksStore>(nullptr, options);
  return openStoreOn(rocksdb::FileSystem::Default(), options);
}

std::unique_ptr<Store> openStoreOn(const std::shared_ptr<rocksdb::FileSystem>& files, const StoreOptions& options) {
  return std::make_unique<RocksStore>(files, options);
}

CommitNotifier& commitsOf(Store& store) { return dynamic_cast<RocksStore&>(store).commits(); }

void Store::writeAndWait(const Command& command) {
  std::promise<void> done;
  write(command, [&done](std::exception_ptr error) {
    if (error) {
      done.set_exception(error);
    } else {
      done.set_value();
    }
  });
  done.get_future().get();
}

}  // namespace ddblog
