#include "template/serverless/script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/support/temporary_directory.h"

namespace ddblog::templates::serverless {
namespace {

class ScriptTest : public ::testing::Test {
 protected:
  Script script(const std::string& text) {
    return {.directory = directory_.path(),
            .file = directory_.write("config.js", text),
            .expression = {},
            .address = {},
            .options = {{"stage", "local"}},
            .environment = {{"COLOR", "red"}},
            .time = kScriptTime};
  }

  static json::value run(const Script& script) {
    return runScript(script, [](const std::string& variable) -> json::value {
      if (variable == "self:none") throw std::runtime_error("none has no value");
      return json::value("value of " + variable);
    });
  }

  static std::string failureOf(const Script& script) {
    try {
      return "returned " + json::serialize(run(script));
    } catch (const std::runtime_error& e) {
      return e.what();
    }
  }

  TemporaryDirectory directory_;
};

TEST_F(ScriptTest, ReturnsWhatTheFileExports) {
  EXPECT_EQ(run(script("module.exports = {a: [1, 'x', null, true]};")), parseJson(R"({"a":[1,"x",null,true]})"));
  EXPECT_EQ(run(script("module.exports = undefined;")), json::value());
}

TEST_F(ScriptTest, GivesAFunctionItsContext) {
  EXPECT_EQ(run(script("module.exports = ({options, env}) => options.stage + env.COLOR;")), json::value("localred"));
  EXPECT_EQ(run(script("module.exports = ({resolveVariable}) => resolveVariable('env:X');")),
            json::value("value of env:X"));
  EXPECT_EQ(run(script("module.exports = (c) => c.resolveConfigurationProperty(['custom', 'x']);")),
            json::value("value of self:custom.x"));
}

TEST_F(ScriptTest, RunsInTheServicesDirectoryAndPrintsElsewhere) {
  EXPECT_EQ(run(script("console.log('noise'); module.exports = process.cwd();")),
            json::value(std::filesystem::canonical(directory_.path()).string()));
}

TEST_F(ScriptTest, SaysInOneLineWhatWentWrong) {
  EXPECT_EQ(failureOf(script("throw new Error('first\\nsecond');")), "first");
  EXPECT_EQ(failureOf(script("module.exports = ({resolveVariable}) => resolveVariable('self:none');")),
            "none has no value");
  EXPECT_EQ(failureOf(script("process.exit(0);")), "it ended before it returned");
  EXPECT_EQ(failureOf(script("module.exports = 'x'.repeat(5 << 20);")), "it returned more than 4 MB");
}

TEST_F(ScriptTest, EndsAfterItsTime) {
  Script endless = script("for (;;) {}");
  endless.time = std::chrono::milliseconds(1);
  EXPECT_EQ(failureOf(endless), "it did not return in time");
}

}  // namespace
}  // namespace ddblog::templates::serverless
