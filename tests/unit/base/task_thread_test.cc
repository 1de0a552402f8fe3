#include "base/task_thread.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace ddblog {
namespace {

TEST(TaskThread, RunsTasksInTheirOrderAndTheLastBeforeItEnds) {
  std::vector<int> order;
  TaskThread thread;
  for (int i = 0; i < 100; ++i) thread.post([&order, i] { order.push_back(i); });
  thread.stop();
  ASSERT_EQ(order.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
  thread.post([&order] { order.push_back(-1); });
  thread.stop();
  EXPECT_EQ(order.size(), 100u);
}

TEST(TaskThread, RunsATaskBeforeThoseThatWait) {
  std::vector<int> order;
  std::atomic<bool> is_posted = false;
  TaskThread thread;
  thread.post([&] {
    thread.post([&order] { order.push_back(2); });
    thread.postNext([&order] { order.push_back(1); });
    is_posted = true;
  });
  while (!is_posted) std::this_thread::yield();
  thread.stop();
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TEST(TaskThread, TakesTasksFromItsTasks) {
  std::atomic<bool> is_done = false;
  {
    TaskThread thread;
    thread.post([&] { thread.post([&] { is_done = true; }); });
    while (!is_done) std::this_thread::yield();
  }
  EXPECT_TRUE(is_done);
}

}  // namespace
}  // namespace ddblog
