#include "cli/new_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "base/files.h"

namespace ddblog::cli {
namespace {

namespace fs = std::filesystem;

class NewFileTest : public testing::Test {
 protected:
  NewFileTest() { fs::create_directories(folder_); }
  ~NewFileTest() override { fs::remove_all(folder_); }

  const fs::path folder_ =
      fs::path(testing::TempDir()) /
      ("new-file-" + std::to_string(::getpid()) + "-" + testing::UnitTest::GetInstance()->current_test_info()->name());
  const fs::path path_ = folder_ / "events.jsonl";
};

TEST_F(NewFileTest, HasItsNameWhenItIsComplete) {
  NewFile file(path_);
  file.stream() << "one\n";
  EXPECT_FALSE(fs::exists(path_));
  file.finish();
  EXPECT_EQ(readFile(path_, 100), "one\n");
  EXPECT_TRUE(fs::directory_iterator(folder_)->path() == path_) << "nothing else is left";
}

TEST_F(NewFileTest, LeavesNothingAfterAnError) {
  {
    NewFile file(path_);
    file.stream() << "one\n" << std::flush;
  }
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(NewFileTest, ReplacesWhatACrashHasLeft) {
  writeFile(path_.string() + ".partial", "of another day, and longer");
  NewFile file(path_);
  file.stream() << "one\n";
  file.finish();
  EXPECT_EQ(readFile(path_, 100), "one\n");
}

TEST_F(NewFileTest, RefusesAFileThatExists) {
  writeFile(path_, "mine");
  EXPECT_THROW(NewFile file(path_), std::invalid_argument);
  EXPECT_EQ(readFile(path_, 100), "mine");
  EXPECT_THROW(NewFile file(folder_), std::invalid_argument);
}

TEST_F(NewFileTest, SaysThatItCannotBeWritten) {
  EXPECT_THROW(NewFile file(folder_ / "absent" / "events.jsonl"), std::runtime_error);

  NewFile file(path_);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{1000, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  file.stream() << std::string(5000, 'x') << std::flush;
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_THROW(file.check(), std::runtime_error);
  EXPECT_THROW(file.finish(), std::runtime_error);
  EXPECT_FALSE(fs::exists(path_));
}

}  // namespace
}  // namespace ddblog::cli
