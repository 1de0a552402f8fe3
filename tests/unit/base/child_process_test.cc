#include "base/child_process.h"

#include <gtest/gtest.h>

#include <csignal>
#include <system_error>

namespace ddblog {
namespace {

TEST(ChildProcess, SaysHowItEnded) {
  ChildProcess child({.arguments = {"sh", "-c", "exit 7"}});
  EXPECT_EQ(child.wait(), 7);
  EXPECT_EQ(child.hasEnded(), 7) << "also later";
  EXPECT_EQ(child.wait(), 7);
}

TEST(ChildProcess, RunsUntilItIsAskedToEnd) {
  ChildProcess child({.arguments = {"sleep", "1000"}});
  EXPECT_FALSE(child.hasEnded());
  child.terminate();
  EXPECT_EQ(child.wait(), 128 + SIGTERM);
  child.terminate();  // nothing any more: the process id may be another one's
}

TEST(ChildProcess, ThatCannotBeStartedIsAnError) {
  EXPECT_THROW(ChildProcess({.arguments = {"/there/is/no/such/program"}}), std::system_error);
}

}  // namespace
}  // namespace ddblog
