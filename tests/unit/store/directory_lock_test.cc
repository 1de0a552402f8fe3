#include "store/directory_lock.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "store/file_names.h"
#include "unit/support/temporary_directory.h"

namespace ddblog {
namespace {

// A process that has ended, and been asked for its status.
pid_t goneProcess() {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  waitpid(child, nullptr, 0);
  return child;
}

// Locks the file as a child process does that has a copy of the descriptor. `holder` is in the file.
class HeldLock {
 public:
  HeldLock(const TemporaryDirectory& directory, pid_t holder)
      : descriptor_(open((directory.path() / kLockName).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
    const std::string text = std::to_string(holder);
    EXPECT_EQ(write(descriptor_, text.data(), text.size()), std::ssize(text));
    EXPECT_EQ(flock(descriptor_, LOCK_EX), 0);
  }
  ~HeldLock() { close(descriptor_); }
  HeldLock(const HeldLock&) = delete;
  void release() { flock(descriptor_, LOCK_UN); }

 private:
  const int descriptor_;
};

TEST(DirectoryLock, WaitsForWhatIsLeftOfAProcessThatIsGone) {
  const TemporaryDirectory directory;
  HeldLock held(directory, goneProcess());
  int pauses = 0;
  const DirectoryLock lock(directory.path(), [&] {
    if (++pauses == 3) held.release();
  });
  EXPECT_EQ(pauses, 3);
  EXPECT_EQ(holderOf(directory.path()), getpid());
}

TEST(DirectoryLock, DoesNotWaitForeverForIt) {
  const TemporaryDirectory directory;
  const HeldLock held(directory, goneProcess());
  int pauses = 0;
  EXPECT_THROW(DirectoryLock(directory.path(), [&] { ++pauses; }), StoreInUse);
  EXPECT_EQ(pauses, 200);
}

TEST(DirectoryLock, DoesNotWaitForAProcessThatRuns) {
  const TemporaryDirectory directory;
  const HeldLock held(directory, getpid());
  EXPECT_THROW(DirectoryLock(directory.path(), [] { FAIL(); }), StoreInUse);
}

}  // namespace
}  // namespace ddblog
