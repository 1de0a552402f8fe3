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
  FunctionCloud cloud_;
};

TEST_F(UnbuiltCode, MayBeAProgram) {
  Function function = cloud_.function("users", "provided.al2023", "main.go", "package main");
  function.handler = "bin/users";
  cloud_.addFunction(function);
  EXPECT_TRUE(has(cloud_.invoke("users"), "users/bootstrap: run `sam build` or your own build"));
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
  EXPECT_TRUE(has(cloud_.invoke("users"), "users.zip does not exist (not built yet?)"));
  cloud_.invoke("build", json::serialize(json::object{{"archive", function.code_directory.string()},
                                                      {"code", "def handler(event, context): return 'built'\n"}}));
  EXPECT_EQ(cloud_.invoke("users").payload, R"("built")");
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
