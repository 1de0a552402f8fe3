// The routes of checkpoints: a bounded number waits, and each gets an answer.
#include "offline/checkpoints.h"

#include <gtest/gtest.h>

#include <future>
#include <vector>

#include "base/api_error.h"
#include "rpc/call.h"

namespace ddblog::offline {
namespace {

class CheckpointsTest : public testing::Test {
 protected:
  CheckpointsTest() {
    checkpoints_.addRoutes(
        api_, [](std::uint64_t) { return std::make_shared<const snapshots::Checkpoint>(); },
        [this](std::function<void()> task) {
          if (!is_ended_) tasks_.push_back(std::move(task));
          return !is_ended_;
        });
  }

  std::future<rpc::Outcome> start(const std::string& method, const std::string& name) {
    bool known = false;
    const auto match = api_.find(method, "/_local/checkpoints/" + name, known);
    rpc::Request request;
    request.parameters = match.parameters;
    return rpc::startCall(match.route->handler, request);
  }
  static std::string error(std::future<rpc::Outcome> answer) {
    try {
      answer.get().response();
      return "";
    } catch (const ApiError& error) {
      return error.type() + ' ' + std::to_string(error.status());
    }
  }
  void runTasks() {
    for (const auto& task : tasks_) task();
    tasks_.clear();
  }

  std::vector<std::function<void()>> tasks_;
  bool is_ended_ = false;
  rpc::RestApi api_;
  Checkpoints checkpoints_;
};

TEST_F(CheckpointsTest, WaitInBoundedNumber) {
  std::vector<std::future<rpc::Outcome>> waiting;
  for (std::size_t i = 0; i < Checkpoints::kMostWaiting; ++i) waiting.push_back(start("PUT", "one"));
  EXPECT_EQ(error(start("PUT", "one")), "CheckpointsInUse 429");
  runTasks();
  for (auto& answer : waiting) EXPECT_EQ(error(std::move(answer)), "");
  auto next = start("GET", "one");
  runTasks();
  EXPECT_EQ(error(std::move(next)), "");
}

TEST_F(CheckpointsTest, AreAnsweredWhenTheirThreadHasEnded) {
  is_ended_ = true;
  for (std::size_t i = 0; i <= Checkpoints::kMostWaiting; ++i) {
    EXPECT_EQ(error(start("GET", "one")), "CloudIsStopping 503");
  }
}

}  // namespace
}  // namespace ddblog::offline
