#include "services/dynamodb/core/preparations.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace ddblog::dynamodb {
namespace {

TEST(Preparations, WaitForAPlaceIfEightAreTaken) {
  Preparations preparations;
  std::atomic<int> taken = 0;
  for (int i = 0; i < 20; ++i) {
    preparations.post([&] {
      preparations.takePlace();
      ++taken;
    });
  }
  while (taken < 8) std::this_thread::yield();
  for (int i = 0; i < 1000; ++i) std::this_thread::yield();
  EXPECT_EQ(taken, 8);
  for (int i = 0; i < 12; ++i) preparations.giveBackPlace();
  preparations.stop();
  EXPECT_EQ(taken, 20);
}

}  // namespace
}  // namespace ddblog::dynamodb
