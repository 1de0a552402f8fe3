// The gate that holds back requests while the APIs are replaced.
#include "server/gate.h"

#include <gtest/gtest.h>

#include <future>

namespace ddblog::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Gate, LetsNobodyInWhileItIsClosed) {
  Gate gate;
  { EXPECT_TRUE(gate.enter()); }
  EXPECT_TRUE(gate.close(seconds(0)));
  EXPECT_FALSE(gate.enter());
  int entered = 0;
  gate.whenOpen([&] { ++entered; });
  EXPECT_EQ(entered, 0);
  gate.open();
  EXPECT_EQ(entered, 1);
  EXPECT_TRUE(gate.enter());
  gate.whenOpen([&] { ++entered; });  // at once
  EXPECT_EQ(entered, 2);
}

TEST(Gate, ClosesWhenAllAreOut) {
  Gate gate;
  Gate::Pass pass = gate.enter();
  auto closed = std::async(std::launch::async, [&] { return gate.close(seconds(60)); });
  while (gate.enter()) {  // until it closes
  }
  { const Gate::Pass moved = std::move(pass); }
  EXPECT_TRUE(closed.get());
}

TEST(Gate, WaitsNoLongerThanItMay) {
  Gate gate;
  const Gate::Pass pass = gate.enter();
  EXPECT_FALSE(gate.close(milliseconds(0)));
  EXPECT_FALSE(gate.enter());
}

}  // namespace
}  // namespace ddblog::server
