// Signals that say that the user wants to stop.
#include "cli/terminal/interrupt.h"

#include <gtest/gtest.h>

#include <csignal>

namespace ddblog::cli {
namespace {

class Interrupting : public testing::TestWithParam<int> {
 protected:
  void SetUp() override { before_ = std::signal(GetParam(), SIG_DFL); }  // whoever runs the tests may ignore it (nohup)
  void TearDown() override { std::signal(GetParam(), before_); }

 private:
  void (*before_)(int) = SIG_DFL;
};

TEST_P(Interrupting, IsNoticedAndMayComeTwice) {
  const Interrupt interrupt;
  EXPECT_FALSE(interrupt.happened());
  std::raise(GetParam());
  std::raise(GetParam());
  EXPECT_TRUE(interrupt.happened());
}

TEST_P(Interrupting, IsAsBeforeAfterwards) {
  { const Interrupt interrupt; }
  EXPECT_EQ(std::signal(GetParam(), SIG_DFL), SIG_DFL);
}

INSTANTIATE_TEST_SUITE_P(Signals, Interrupting, testing::Values(SIGINT, SIGTERM, SIGHUP));

TEST(Interrupt, TheThirdCtrlCEndsTheProgram) {
  EXPECT_EXIT(
      {
        const Interrupt interrupt;
        for (int i = 0; i < 3; ++i) std::raise(SIGINT);
      },
      testing::KilledBySignal(SIGINT), "");
}

TEST(Interrupt, ASignalThatIsIgnoredStaysSo) {
  void (*const before)(int) = std::signal(SIGHUP, SIG_IGN);
  {
    const Interrupt interrupt;
    std::raise(SIGHUP);
    EXPECT_FALSE(interrupt.happened());
  }
  std::signal(SIGHUP, before);
}

}  // namespace
}  // namespace ddblog::cli
