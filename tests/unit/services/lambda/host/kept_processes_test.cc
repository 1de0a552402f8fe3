// Processes of functions that stay while the host goes on with another store.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <fstream>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/ids.h"
#include "server/server.h"
#include "services/lambda/host/function_host.h"
#include "unit/support/temporary_directory.h"

namespace ddblog::lambda {
namespace {

using Kind = InvocationResult::Kind;

class KeptProcesses : public testing::Test {
 protected:
  KeptProcesses() {
    server_.start();
    std::ofstream(directory_.path() / "index.py") << "import os, time\n"
                                                     "def handler(event, context):\n"
                                                     "    if 'runs' in event:\n"
                                                     "        open(event['runs'], 'w')\n"
                                                     "        time.sleep(600)\n"
                                                     "    return os.getpid()\n";
  }
  ~KeptProcesses() override {
    host_.stop();
    server_.stop();
  }

  static HostOptions withoutGrace() {
    HostOptions options;
    options.stop_grace = Duration(0);
    return options;
  }
  Function function() {
    Function result;
    result.name = "users";
    result.runtime = "python3.11";
    result.handler = "index.handler";
    result.arn = "arn:aws:lambda:us-east-1:000000000000:function:users";
    result.code_directory = directory_.path();
    result.timeout = std::chrono::seconds(900);
    result.revision = ++revision_;
    return result;
  }
  std::future<InvocationResult> begin(const std::string& payload) {
    auto promise = std::make_shared<std::promise<InvocationResult>>();
    Invocation invocation;
    invocation.request_id = ids_.uuid();
    invocation.payload = payload;
    host_.invoke(current_, std::move(invocation),
                 [promise](InvocationResult result) { promise->set_value(std::move(result)); });
    return promise->get_future();
  }
  // The id of the process that handles it.
  std::string process() { return begin("{}").get().payload; }
  // Goes on with a store that has this function.
  void goOnWith(const Function& function) {
    current_ = std::make_shared<const Function>(function);
    host_.leaveStore();
    host_.resume([](const Code&) { return std::string(); },
                 [this](const std::string& reference) { return reference == "users" ? current_ : nullptr; });
  }

  TemporaryDirectory directory_;
  AdjustableClock clock_;
  Ids ids_{1};
  server::Server server_{server::ServerOptions{}, clock_, ids_};
  FunctionHost host_{clock_, ids_, server_, withoutGrace(), [](const std::string&) {}};
  std::uint64_t revision_ = 0;
  FunctionPointer current_ = std::make_shared<const Function>(function());
};

TEST_F(KeptProcesses, RunTheSameFunctionOfAnotherStore) {
  const std::string before = process();
  for (int i = 0; i < 2; ++i) {
    host_.pause();
    goOnWith(function());
    EXPECT_EQ(process(), before);
  }
}

TEST_F(KeptProcesses, EndIfTheFunctionHasOtherSettings) {
  const std::string before = process();
  host_.pause();
  Function changed = function();
  changed.environment["COLOUR"] = "blue";
  goOnWith(changed);
  EXPECT_NE(process(), before);
}

TEST_F(KeptProcesses, EndIfTheCodeWasChanged) {
  const std::string before = process();
  host_.pause();
  std::ofstream(directory_.path() / "index.py", std::ios::app) << "COLOUR = 'blue'\n";
  goOnWith(function());
  const std::string changed = process();
  EXPECT_NE(changed, before);
  host_.pause();
  goOnWith(function());
  EXPECT_EQ(process(), changed);
}

TEST_F(KeptProcesses, RunNothingInBetween) {
  const std::string before = process();
  host_.pause();
  EXPECT_EQ(begin("{}").get().kind, Kind::kStopped);
  host_.prewarm(current_);
  goOnWith(function());
  EXPECT_EQ(process(), before);
}

TEST_F(KeptProcesses, DoNotWaitForeverForAResultThatNobodyTakes) {
  process();
  std::promise<void> delivered;
  std::promise<void> may_go_on;
  Invocation invocation;
  invocation.request_id = ids_.uuid();
  invocation.payload = "{}";
  host_.invoke(current_, std::move(invocation), [&](const InvocationResult&) {
    delivered.set_value();
    may_go_on.get_future().wait();
  });
  delivered.get_future().wait();
  auto pause = std::async(std::launch::async, [this] { host_.pause(); });
  while (pause.wait_for(std::chrono::milliseconds(1)) == std::future_status::timeout) {
    clock_.move(std::chrono::seconds(10));
  }
  EXPECT_THROW(pause.get(), std::runtime_error);
  may_go_on.set_value();
}

TEST_F(KeptProcesses, AreThoseThatRunNothing) {
  const auto runs = directory_.path() / "runs";
  ASSERT_EQ(::mkfifo(runs.c_str(), 0600), 0);
  auto running = begin(R"({"runs": ")" + runs.string() + R"("})");
  std::ifstream(runs.string());  // waits until the handler has opened it, too
  const std::string idle = process();
  host_.pause();
  EXPECT_EQ(running.get().kind, Kind::kStopped);
  goOnWith(function());
  EXPECT_EQ(process(), idle);
}

}  // namespace
}  // namespace ddblog::lambda
