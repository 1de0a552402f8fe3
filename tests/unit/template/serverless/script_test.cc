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
    return Scripts().run(script, [](const std::string& variable) -> json::value {
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

// As node 22.6 to 22.17 does for TypeScript: here a script says that it needs an option, which every node has.
TEST_F(ScriptTest, IsReadByNodeWithTheOptionThatItNeeds) {
  EXPECT_EQ(run(script("const { send } = { send: (m) => require('fs').writeSync(3, JSON.stringify(m) + '\\n') };"
                       "if (!process.execArgv.includes('--no-deprecation')) {"
                       "  send({ option: '--no-deprecation' }); process.exit(0);"
                       "}"
                       "module.exports = process.execArgv.slice(0, 2);")),
            parseJson(R"(["--no-deprecation","--no-warnings"])"));
  EXPECT_EQ(failureOf(script("require('fs').writeSync(3, '{\"option\": \"--no-deprecation\"}\\n'); process.exit(0);")),
            "node cannot read it, in spite of --no-deprecation");
}

// The service's own compiler, whatever it is: here one that only says that it compiles.
TEST_F(ScriptTest, OfTypeScriptIsCompiledByTheServicesTypeScript) {
  Script typescript = script("");
  typescript.file = directory_.write("config.ts", "const a: number = 1; export default {a};");
  directory_.write("node_modules/typescript/index.js",
                   "exports.ModuleKind = {CommonJS: 1}; exports.ScriptTarget = {ES2022: 9};"
                   "exports.transpileModule = (source, options) => ({outputText: source.replace(': number', '')"
                   "  .replace('export default', 'exports.__esModule = true; exports.default =')});");
  EXPECT_EQ(run(typescript), parseJson(R"({"a":1})"));
}

TEST_F(ScriptTest, NeedsItsModulesUnlessTheyStandIn) {
  Script lost = script("const {a} = require('./lost'); module.exports = [`${a.b}`, a.c, [...a], new a(), a({}).d];");
  EXPECT_EQ(failureOf(lost), "Cannot find module './lost'");
  lost.modules_stand_in = true;
  Scripts scripts;
  const ResolveForScript none = [](const std::string&) { return json::value(); };
  EXPECT_EQ(scripts.run(lost, none), parseJson(R"(["${module(./lost):a.b}", "${module(./lost):a.c}", [],
                                                   "${module(./lost):a}", "${module(./lost):a.d}"])"));
  EXPECT_EQ(scripts.takeMissingModules(), std::vector<std::string>{"./lost"});
  EXPECT_TRUE(scripts.takeMissingModules().empty());
}

TEST_F(ScriptTest, SaysInOneLineWhatWentWrong) {
  EXPECT_EQ(failureOf(script("throw new Error('first\\nsecond');")), "first");
  EXPECT_EQ(failureOf(script("module.exports = ({resolveVariable}) => resolveVariable('self:none');")),
            "none has no value");
  EXPECT_EQ(failureOf(script("process.exit(0);")), "it ended before it returned");
  EXPECT_EQ(failureOf(script("module.exports = 'x'.repeat(5 << 20);")), "it returned more than 4 MB");
}

// The time passes while the script runs: it has asked for a variable.
TEST_F(ScriptTest, EndsAfterItsTime) {
  std::chrono::steady_clock::time_point now;
  const auto failure = [&](const std::string& text, const json::value& answer) -> std::string {
    Script endless = script(text);
    endless.now = [&] { return now; };
    try {
      Scripts().run(endless, [&](const std::string&) {
        now += kScriptTime;
        return answer;
      });
    } catch (const std::runtime_error& e) {
      return e.what();
    }
    return "returned";
  };
  EXPECT_EQ(failure("module.exports = async (c) => { await c.resolveVariable('a:b'); for (;;) {} };", 1),
            "it did not return in time");
  // An answer that the script does not read.
  EXPECT_EQ(failure("require('fs').writeSync(3, '{\"resolve\":\"a:b\"}\\n'); for (;;) {}",
                    json::value(std::string(4u << 20, 'x'))),
            "it did not return in time");
}

TEST_F(ScriptTest, RunsOneAfterAnotherInOneProcess) {
  Scripts scripts;
  const ResolveForScript none = [](const std::string&) { return json::value(); };
  const json::value first = scripts.run(script("module.exports = process.pid;"), none);
  Script failing = script("module.exports = 1;");
  failing.file = directory_.write("failing.js", "throw new Error('no');");
  EXPECT_THROW(scripts.run(failing, none), std::runtime_error);
  Script next = script("module.exports = 1;");
  next.file = directory_.write("next.js", "module.exports = ({env}) => [process.pid, env.COLOR];");
  next.environment = {{"COLOR", "blue"}};
  EXPECT_EQ(scripts.run(next, none), (json::array{first, "blue"}));
}

// One waits for a variable that is in the other.
TEST_F(ScriptTest, RunsOneInsideAnother) {
  Scripts scripts;
  Script inner = script("");
  inner.file = directory_.write("inner.js", "module.exports = 'inside';");
  const json::value result = scripts.run(
      script("module.exports = (c) => c.resolveVariable('file(inner.js):x');"),
      [&](const std::string&) { return scripts.run(inner, [](const std::string&) { return json::value(); }); });
  EXPECT_EQ(result, json::value("inside"));
}

TEST_F(ScriptTest, GetsCharactersThatAreSplitBetweenReads) {
  std::string text = "x";
  for (int i = 0; i < 100'000; ++i) text += "\u20ac";
  const json::value result = Scripts().run(script("module.exports = (c) => c.resolveVariable('a:b');"),
                                           [&](const std::string&) { return json::value(text); });
  EXPECT_TRUE(result == json::value(text));
}

}  // namespace
}  // namespace ddblog::templates::serverless
