// Temporary directories whose owner is gone are removed by the next start, and no others.
#include "services/lambda/host/bootstrap_directory.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "unit/support/temporary_directory.h"

namespace ddblog::lambda {
namespace {

namespace fs = std::filesystem;

std::size_t count(const fs::path& parent) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(parent), fs::directory_iterator()));
}

// Makes a directory as a cloud does that is killed.
void abandonOne(const fs::path& parent) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    const BootstrapDirectory directory(parent);
    _exit(::access((directory.path() / "..").c_str(), F_OK));  // without the destructor
  }
  int status = 1;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  ASSERT_EQ(status, 0);
}

TEST(BootstrapDirectory, IsRemovedAtTheEnd) {
  const TemporaryDirectory parent;
  { const BootstrapDirectory directory(parent.path()); }
  EXPECT_EQ(count(parent.path()), 0u);
}

TEST(BootstrapDirectory, IsRemovedByTheNextStartAfterAKill) {
  const TemporaryDirectory parent;
  abandonOne(parent.path());
  EXPECT_EQ(count(parent.path()), 1u);
  const BootstrapDirectory next(parent.path());
  EXPECT_EQ(count(parent.path()), 1u);
  EXPECT_TRUE(fs::exists(next.path()));
}

TEST(BootstrapDirectory, StaysWhileItsOwnerRuns) {
  const TemporaryDirectory parent;
  const BootstrapDirectory first(parent.path());
  const BootstrapDirectory second(parent.path());
  EXPECT_TRUE(fs::exists(first.path()));
  EXPECT_NE(first.path(), second.path());
}

TEST(BootstrapDirectory, OfOthersStay) {
  const TemporaryDirectory parent;
  parent.write("dynamodb-log-other-XXXXXX/bootstrap.py", "");
  parent.write("target/precious", "");
  fs::create_directory_symlink(parent.path() / "target", parent.path() / "dynamodb-log-bootstraps-linked");
  { const BootstrapDirectory directory(parent.path()); }
  EXPECT_TRUE(fs::exists(parent.path() / "dynamodb-log-other-XXXXXX/bootstrap.py"));
  EXPECT_TRUE(fs::exists(parent.path() / "target/precious"));
  EXPECT_TRUE(fs::is_symlink(parent.path() / "dynamodb-log-bootstraps-linked"));
}

}  // namespace
}  // namespace ddblog::lambda
