// A mutex, its lock and its condition variable, with the annotations that clang checks
// (-Wthread-safety, `./dev lint`): a member names the mutex that guards it, a function names the
// mutexes that its caller must hold. Code that touches either without the mutex does not pass.
// libstdc++'s own types have no annotations. For GCC these types are plain wrappers of std's.
//
//   Mutex mutex_;
//   CondVar changed_;
//   int waiting_ GUARDED_BY(mutex_) = 0;
//   void take() REQUIRES(mutex_);
//
//   MutexLock lock(mutex_);
//   while (waiting_ == 0) changed_.wait(lock);
//
// A wait is a loop without a predicate, because clang does not know which mutexes are held where a
// lambda runs. For the same reason a function object that runs under a lock is annotated itself:
// `[this]() REQUIRES(mutex_) { … }`.
//
// Model: leveldb's port/thread_annotations.h. Macros: https://clang.llvm.org/docs/ThreadSafetyAnalysis.html
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define DDBLOG_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define DDBLOG_THREAD_ATTRIBUTE(x)
#endif

#define GUARDED_BY(mutex) DDBLOG_THREAD_ATTRIBUTE(guarded_by(mutex))
#define PT_GUARDED_BY(mutex) DDBLOG_THREAD_ATTRIBUTE(pt_guarded_by(mutex))
#define REQUIRES(...) DDBLOG_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define EXCLUDES(...) DDBLOG_THREAD_ATTRIBUTE(locks_excluded(__VA_ARGS__))
#define ACQUIRE(...) DDBLOG_THREAD_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define RELEASE(...) DDBLOG_THREAD_ATTRIBUTE(release_capability(__VA_ARGS__))
#define TRY_ACQUIRE(...) DDBLOG_THREAD_ATTRIBUTE(try_acquire_capability(__VA_ARGS__))
#define ASSERT_CAPABILITY(mutex) DDBLOG_THREAD_ATTRIBUTE(assert_capability(mutex))

namespace ddblog {

class DDBLOG_THREAD_ATTRIBUTE(capability("mutex")) Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void lock() ACQUIRE() { mutex_.lock(); }
  bool tryLock() TRY_ACQUIRE(true) { return mutex_.try_lock(); }
  void unlock() RELEASE() { mutex_.unlock(); }

 private:
  friend class MutexLock;
  std::mutex mutex_;
};

// Holds a mutex for its lifetime; unlock() and lock() release it in between.
class DDBLOG_THREAD_ATTRIBUTE(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ACQUIRE(mutex) : mutex_(mutex), lock_(mutex.mutex_) {}
  ~MutexLock() RELEASE() {}
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

  void unlock() RELEASE() { lock_.unlock(); }
  void lock() ACQUIRE() { lock_.lock(); }
  Mutex& mutex() const { return mutex_; }

 private:
  friend class CondVar;
  Mutex& mutex_;
  std::unique_lock<std::mutex> lock_;
};

class CondVar {
 public:
  // May wake without a notification: the caller checks its condition again.
  void wait(MutexLock& lock) { condition_.wait(lock.lock_); }
  // The same with a time limit; false: the limit has passed.
  bool waitUntil(MutexLock& lock, std::chrono::steady_clock::time_point time_limit) {
    return condition_.wait_until(lock.lock_, time_limit) == std::cv_status::no_timeout;
  }

  void notifyOne() { condition_.notify_one(); }
  void notifyAll() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace ddblog
