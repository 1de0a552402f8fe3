// Functions whose code changes: their next invocation runs the new code.
#include <fstream>

#include "unit/services/lambda/function_cloud.h"

namespace ddblog::lambda {
namespace {

class ChangedCode : public testing::Test {
 protected:
  ChangedCode() {
    cloud_.watch = WatchSettings();
    cloud_.restart();
  }
  // Moves the clock of processes on until the log has the line so often.
  bool eventually(const std::string& line, int times = 1) {
    for (int i = 0; i < 5'000 && cloud_.log.countNow(line) < times; ++i) {
      cloud_.process_clock.move(Duration(10));
      ::usleep(1000);
    }
    return cloud_.log.countNow(line) >= times;
  }
  // The same, and moves it on by less than half of CodeWatch::kLongest.
  bool soon(const std::string& line, int times = 1) {
    for (int i = 0; i < 900 && cloud_.log.countNow(line) < times; ++i) {
      cloud_.process_clock.move(Duration(5));
      ::usleep(20'000);
    }
    return cloud_.log.countNow(line) >= times;
  }
  FunctionCloud cloud_;
};

TEST_F(ChangedCode, RunsInTheNextInvocation) {
  cloud_.addFunction(cloud_.python("users", "def handler(event, context): return 'old'\n"));
  EXPECT_EQ(cloud_.invoke("users").payload, R"("old")");
  cloud_.write("users/index.py", "def handler(event, context): return 'changed'\n");
  ASSERT_TRUE(eventually("lambda: the code of users has changed (index.py): it runs from now on"));
  EXPECT_EQ(cloud_.invoke("users").payload, R"("changed")");
  EXPECT_EQ(cloud_.log.countNow("has changed"), 1) << cloud_.log.all();
}

TEST_F(ChangedCode, LetsARunningInvocationEndInTheOldCode) {
  cloud_.addFunction(cloud_.python("users",
                                   "import os, time\ndef handler(event, context):\n"
                                   "    print('runs', flush=True)\n"
                                   "    while not os.path.exists(event['go']): time.sleep(0.001)\n"
                                   "    return 'old'\n"));
  const auto go = cloud_.directory.path() / "go";
  Function function = *cloud_.service->functions().get("users");
  function.timeout = std::chrono::seconds(900);
  cloud_.addFunction(function);
  const std::string event = R"({"go":")" + go.string() + R"("})";
  auto running = cloud_.begin("users", event);
  ASSERT_TRUE(cloud_.log.has("users: runs"));
  cloud_.write("users/index.py", "def handler(event, context): return 'changed'\n");
  ASSERT_TRUE(eventually("the code of users has changed"));
  EXPECT_EQ(cloud_.invoke("users", event).payload, R"("changed")");
  std::ofstream(go) << "go";
  EXPECT_EQ(cloud_.end(std::move(running)).payload, R"("old")");
}

TEST_F(ChangedCode, MendsAFunctionThatCannotStart) {
  cloud_.addFunction(cloud_.python("users", "def handler(event, context) return 'old'\n"));
  EXPECT_EQ(cloud_.invoke("users").kind, InvocationResult::Kind::kFunctionError);
  cloud_.write("users/index.py", "def handler(event, context): return 'mended'\n");
  ASSERT_TRUE(eventually("the code of users has changed"));
  EXPECT_EQ(cloud_.invoke("users").payload, R"("mended")");
}

// Another cloud, which watches the same directory, shows when the change has been noticed.
TEST_F(ChangedCode, IsNotNoticedUnlessItIsWatched) {
  FunctionCloud unwatched;
  const Function users = cloud_.python("users", "def handler(event, context): return 'old'\n");
  for (FunctionCloud* cloud : {&cloud_, &unwatched}) {
    cloud->addFunction(users);
    EXPECT_EQ(cloud->invoke("users").payload, R"("old")");
  }
  cloud_.write("users/index.py", "def handler(event, context): return 'changed'\n");
  unwatched.process_clock.move(std::chrono::seconds(2));  // less than the function's timeout: its process stays
  ASSERT_TRUE(eventually("the code of users has changed"));
  EXPECT_EQ(cloud_.invoke("users").payload, R"("changed")");
  EXPECT_EQ(unwatched.invoke("users").payload, R"("old")");
}

// A build removes the program, and is not done yet.
TEST_F(ChangedCode, DoesNotRunBeforeItIsWhole) {
  cloud_.addFunction(cloud_.python("users", "def handler(event, context): return 'old'\n"));
  cloud_.addFunction(cloud_.python("other", "def handler(event, context): return 'old'\n"));
  EXPECT_EQ(cloud_.invoke("users").payload, R"("old")");
  EXPECT_EQ(cloud_.invoke("other").payload, R"("old")");
  const auto file = cloud_.directory.path() / "users" / "index.py";
  std::filesystem::remove(file);
  cloud_.write("other/index.py", "def handler(event, context): return 'changed'\n");
  ASSERT_TRUE(soon("the code of other has changed"));
  EXPECT_EQ(cloud_.invoke("users").payload, R"("old")");
  std::ofstream made(file);
  cloud_.write("other/index.py", "def handler(event, context): return 'changed again'\n");
  ASSERT_TRUE(soon("the code of other has changed", 2));
  EXPECT_EQ(cloud_.invoke("users").payload, R"("old")");
  made << "def handler(event, context): return 'changed'\n";
  made.close();
  ASSERT_TRUE(eventually("the code of users has changed"));
  EXPECT_EQ(cloud_.invoke("users").payload, R"("changed")");
}

TEST_F(ChangedCode, MayBeThatOfALocalLayer) {
  Function function = cloud_.python("users", "import words\ndef handler(event, context): return words.answer\n");
  function.layer_directories = {cloud_.directory.path() / "layer"};
  cloud_.write("layer/python/words.py", "answer = 'old'\n");
  cloud_.addFunction(function);
  EXPECT_EQ(cloud_.invoke("users").payload, R"("old")");
  cloud_.write("layer/python/words.py", "answer = 'changed'\n");
  ASSERT_TRUE(eventually("the code of users has changed (python/words.py)"));
  EXPECT_EQ(cloud_.invoke("users").payload, R"("changed")");
}

// Two requests that looked the function up before and after its change.
TEST_F(ChangedCode, IsNotUndoneByALateCaller) {
  cloud_.addFunction(cloud_.python("users", "def handler(event, context): return context.memory_limit_in_mb\n"));
  const FunctionPointer former = cloud_.service->functions().get("users");
  Function changed = *former;
  changed.memory_size = 256;
  cloud_.addFunction(changed);
  EXPECT_EQ(cloud_.invoke("users").payload, R"("256")");
  std::promise<InvocationResult> late;
  Invocation invocation;
  invocation.request_id = cloud_.ids.uuid();
  invocation.payload = "{}";
  cloud_.service->host().invoke(former, invocation,
                                [&](InvocationResult result) { late.set_value(std::move(result)); });
  EXPECT_EQ(late.get_future().get().payload, R"("256")");
}

}  // namespace
}  // namespace ddblog::lambda
