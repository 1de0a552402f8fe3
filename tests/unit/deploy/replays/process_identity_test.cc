// Whether a process that is named still runs.
#include "deploy/replays/process_identity.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ddblog::replays {
namespace {

std::string withProcess(const std::string& identity, const std::string& pid, const std::string& start) {
  const std::size_t last = identity.rfind('/');
  return identity.substr(0, identity.rfind('/', last - 1)) + "/" + pid + "/" + start;
}

TEST(ProcessIdentity, ThisProcessRuns) { EXPECT_EQ(stateOf(ownIdentity()), ProcessState::kRuns); }

TEST(ProcessIdentity, OneThatHasEndedDoesNot) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(stateOf(withProcess(ownIdentity(), std::to_string(child), "1")), ProcessState::kEnded);
}

TEST(ProcessIdentity, AnotherProcessWithItsIdIsNotIt) {
  EXPECT_EQ(stateOf(withProcess(ownIdentity(), std::to_string(::getpid()), "1")), ProcessState::kEnded);
}

TEST(ProcessIdentity, OfAnotherMachineNothingIsKnown) {
  for (const char* other : {"boot/1/2/3", "unknown", "", "/", "//", "a/b"}) {
    EXPECT_EQ(stateOf(other), ProcessState::kUnknown) << other;
  }
}

}  // namespace
}  // namespace ddblog::replays
