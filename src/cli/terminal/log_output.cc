#include "cli/terminal/log_output.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <string>
#include <system_error>
#include <thread>

#include "base/text.h"
#include "base/thread_annotations.h"
#include "cli/terminal/printable.h"

namespace ddblog::cli {
namespace {

constexpr std::size_t kWriteBytes = 64u << 10;  // of lines that are taken from the buffer together
constexpr std::size_t kPieceBytes = 4u << 10;   // of one write(2), whose end is progress
constexpr std::size_t kLineOverhead = 64;       // of a line in the buffer, in bytes

std::string timeOfDay() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  tm local{};
  ::localtime_r(&now.tv_sec, &local);
  char text[40];
  std::snprintf(text, sizeof text, "%02d:%02d:%02d.%03ld ", local.tm_hour, local.tm_min, local.tm_sec,
                now.tv_nsec / 1'000'000);
  return text;
}

// With its end. A carriage return there, as some programs write it, does nothing, so it stays.
std::string shown(std::string_view line) {
  const bool has_return = line.ends_with('\r');
  if (has_return) line.remove_suffix(1);
  return printable(line) + (has_return ? "\r\n" : "\n");
}

}  // namespace

class LogOutput::Buffer {
 public:
  Buffer(int descriptor, std::size_t most_bytes)
      : descriptor_(::fcntl(descriptor, F_DUPFD_CLOEXEC, 3)), most_bytes_(most_bytes) {
    if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "the output cannot be used");
  }
  ~Buffer() { ::close(descriptor_); }

  void add(std::string line) {
    MutexLock lock(mutex_);
    bytes_ += line.size() + kLineOverhead;
    lines_.push_back(std::move(line));
    while (bytes_ > most_bytes_ && lines_.size() > 1) {
      popLine();
      ++dropped_;
      reason_ = "nobody read the output";
    }
    changed_.notifyAll();
  }

  // Writes lines until close().
  void run() {
    MutexLock lock(mutex_);
    while (true) {
      while (lines_.empty() && !closing_) changed_.wait(lock);
      if (lines_.empty() && (dropped_ == 0 || tried_)) break;
      tried_ = lines_.empty();
      const std::uint64_t dropped = dropped_;
      std::string text;
      if (dropped > 0) text = "… " + withThousands(dropped) + " lines dropped: " + reason_ + "\n";
      std::uint64_t lines = 0;
      for (; !lines_.empty() && text.size() < kWriteBytes; ++lines) {
        text += lines_.front();
        popLine();
      }
      lock.unlock();
      const std::size_t written = write(text);
      const int error = errno;
      lock.lock();
      if (written == text.size()) {
        dropped_ -= dropped;
      } else {
        auto whole = static_cast<std::uint64_t>(std::count(text.begin(), text.begin() + written, '\n'));
        if (dropped > 0 && whole > 0) {  // the report was written
          dropped_ -= dropped;
          --whole;
        }
        dropped_ += lines - whole;
        reason_ = std::generic_category().message(error);
      }
      changed_.notifyAll();
    }
    is_done_ = true;
    changed_.notifyAll();
  }

  // Waits until everything is written or the limits are reached.
  void close(const Limits& limits) {
    using Steady = std::chrono::steady_clock;
    MutexLock lock(mutex_);
    closing_ = true;
    changed_.notifyAll();
    const Steady::time_point end = Steady::now() + limits.flush;
    Steady::time_point stalled = Steady::now() + limits.stalled;
    for (std::uint64_t seen = progress_; !is_done_ && Steady::now() < std::min(end, stalled);) {
      changed_.waitUntil(lock, std::min(end, stalled));
      if (progress_ != seen) stalled = Steady::now() + limits.stalled;
      seen = progress_;
    }
  }

 private:
  void popLine() REQUIRES(mutex_) {
    bytes_ -= lines_.front().size() + kLineOverhead;
    lines_.pop_front();
  }

  // Returns how much was written; if that is not everything, errno says why.
  std::size_t write(std::string_view text) {
    // After a line that was cut off.
    if (in_line_ && ::write(descriptor_, "\n", 1) != 1 && errno != EAGAIN) return 0;
    in_line_ = false;
    std::size_t written = 0;
    while (written < text.size()) {
      const ssize_t count = ::write(descriptor_, text.data() + written, std::min(kPieceBytes, text.size() - written));
      if (count >= 0) {
        written += static_cast<std::size_t>(count);
        ++progress_;
      } else if (errno == EAGAIN) {  // someone who shares the descriptor has set O_NONBLOCK
        pollfd ready{descriptor_, POLLOUT, 0};
        ::poll(&ready, 1, -1);
      } else if (errno != EINTR) {
        in_line_ = written > 0 && text[written - 1] != '\n';
        return written;
      }
    }
    return written;
  }

  const int descriptor_;
  const std::size_t most_bytes_;
  bool in_line_ = false;                    // the thread's own: the last write ended inside a line
  std::atomic<std::uint64_t> progress_{0};  // write(2) calls that wrote something

  Mutex mutex_;
  CondVar changed_;
  std::deque<std::string> lines_ GUARDED_BY(mutex_);
  std::size_t bytes_ GUARDED_BY(mutex_) = 0;
  std::uint64_t dropped_ GUARDED_BY(mutex_) = 0;  // since the last report
  std::string reason_ GUARDED_BY(mutex_);
  bool tried_ GUARDED_BY(mutex_) = false;  // at the end: the report of dropped lines failed
  bool closing_ GUARDED_BY(mutex_) = false;
  bool is_done_ GUARDED_BY(mutex_) = false;
};

LogOutput::LogOutput(int descriptor, Limits limits)
    : limits_(limits), buffer_(std::make_shared<Buffer>(descriptor, limits.buffer_bytes)) {
  // A closed pipe is an error of write(2), not the end of the program; other signals are for others.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    std::thread([buffer = buffer_] { buffer->run(); }).detach();
  } catch (...) {
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    throw;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

LogOutput::~LogOutput() { buffer_->close(limits_); }

void LogOutput::log(std::string_view line) { buffer_->add(timeOfDay() + shown(line)); }

void LogOutput::print(std::string_view line) { buffer_->add(shown(line)); }

}  // namespace ddblog::cli
