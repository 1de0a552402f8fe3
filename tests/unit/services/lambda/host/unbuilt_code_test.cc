// Functions whose code is not built yet start by themselves when it is.
#include <filesystem>

#include "unit/services/lambda/function_cloud.h"

namespace ddblog::lambda {
namespace {

class UnbuiltCode : public testing::Test {
 protected:
  static bool has(const InvocationResult& result, const std::string& text) {
    return result.payload.find(text) != std::string::npos;
  }
  // As a caller that waits for the answer.
  InvocationResult ask(const std::string& name) { return cloud_.end(cloud_.begin(name, "{}", false, false)); }
  FunctionCloud cloud_;
};

TEST_F(UnbuiltCode, MayBeAProgram) {
  Function function = cloud_.function("users", "provided.al2023", "main.go", "package main");
  function.handler = "bin/users";
  cloud_.addFunction(function);
  EXPECT_TRUE(has(ask("users"), "users/bootstrap: run `sam build` or your own build"));
  cloud_.write("users/bootstrap", "#!/bin/sh\nexit 7\n");
  const auto program = cloud_.directory.path() / "users" / "bootstrap";
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  EXPECT_TRUE(has(cloud_.invoke("users"), "exit status 7"));
}

TEST_F(UnbuiltCode, MayBeAnArchive) {
  cloud_.addFunction(cloud_.python("build",
                                   "import zipfile\n"
                                   "def handler(event, context):\n"
                                   "    with zipfile.ZipFile(event['archive'], 'w') as archive:\n"
                                   "        archive.writestr('index.py', event['code'])\n"));
  Function function = cloud_.python("users", "");
  function.code_directory = cloud_.directory.path() / "users.zip";
  cloud_.addFunction(function);
  EXPECT_TRUE(has(ask("users"), "users.zip does not exist (not built yet?)"));
  cloud_.invoke("build", json::serialize(json::object{{"archive", function.code_directory.string()},
                                                      {"code", "def handler(event, context): return 'built'\n"}}));
  EXPECT_EQ(cloud_.invoke("users").payload, R"("built")");
}

TEST_F(UnbuiltCode, UsesUpNoAttemptOfAnEvent) {
  Function function = cloud_.function("users", "provided.al2023", "main.go", "package main");
  function.asynchronous.maximum_retry_attempts = 0;
  function.asynchronous.on_failure = "arn:aws:sqs:us-east-1:000000000000:failed";
  cloud_.addFunction(function);
  cloud_.service->start();
  cloud_.enqueue("users", "{}");
  ASSERT_TRUE(cloud_.log.has("users/bootstrap: run"));
  cloud_.write("users/bootstrap", "#!/bin/sh\nexit 7\n");
  std::filesystem::permissions(cloud_.directory.path() / "users" / "bootstrap", std::filesystem::perms::owner_all);
  EXPECT_TRUE(cloud_.eventually("message for ", 1, std::chrono::seconds(1))) << cloud_.log.all();
  cloud_.store->drain();
  ASSERT_EQ(cloud_.messages.size(), 1u);
  const std::string sent(cloud_.messages[0].body.text());
  EXPECT_NE(sent.find("exit status 7"), std::string::npos) << sent;
  EXPECT_NE(sent.find(R"("approximateInvokeCount":1)"), std::string::npos) << sent;
}

TEST_F(UnbuiltCode, IsTheErrorOfAnEventThatWaitedInVain) {
  Function function = cloud_.function("users", "provided.al2023", "main.go", "package main");
  function.asynchronous.maximum_event_age = std::chrono::minutes(1);
  cloud_.addFunction(function);
  cloud_.service->start();
  cloud_.enqueue("users", "{}");
  ASSERT_TRUE(cloud_.log.has("users/bootstrap: run"));
  for (int i = 0; i < 5000 && cloud_.failures.all().empty(); ++i) {
    cloud_.clock.move(std::chrono::seconds(1));
    ::usleep(1000);  // lets the process end
  }
  ASSERT_EQ(cloud_.failures.all().size(), 1u);
  const rpc::Failure failure = cloud_.failures.all()[0];
  EXPECT_EQ(failure.condition, "EventAgeExceeded");
  EXPECT_EQ(failure.attempts.count(), 0u);
  EXPECT_NE(failure.error.find("users/bootstrap: run `sam build`"), std::string::npos) << failure.error;
}

TEST_F(UnbuiltCode, IsAwaitedWhereBuildsPutIt) {
  Function function = cloud_.python("users", "");
  function.code_directory = cloud_.directory.path() / "scr";
  cloud_.addFunction(function);
  EXPECT_EQ(cloud_.invoke("users").kind, InvocationResult::Kind::kFunctionError);
  function.code_directory = cloud_.directory.path() / ".aws-sam" / "build" / "Users";
  cloud_.addFunction(function);
  EXPECT_EQ(cloud_.invoke("users").kind, InvocationResult::Kind::kThrottled);
}

TEST_F(UnbuiltCode, IsNoArchiveUntilItIsWhole) {
  Function function = cloud_.python("users", "");
  function.code_directory = cloud_.directory.path() / "users.zip";
  cloud_.write("users.zip", "PK");
  cloud_.addFunction(function);
  EXPECT_EQ(cloud_.invoke("users").kind, InvocationResult::Kind::kFunctionError);
}

}  // namespace
}  // namespace ddblog::lambda
