#include "services/lambda/host/init_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/json.h"
#include "unit/support/temporary_directory.h"

namespace ddblog::lambda {
namespace {

using testing::ElementsAre;

class InitErrors : public testing::Test {
 protected:
  InitErrors() { std::filesystem::create_directories(code_); }

  void write(const std::string& file, const std::string& text) { std::ofstream(directory_.path() / file) << text; }
  std::vector<std::string> node(const std::string& message) {
    return describe("nodejs20.x", "Runtime.ImportModuleError", message);
  }
  std::vector<std::string> python(const std::string& message) {
    return describe("python3.11", "Runtime.ImportModuleError", message);
  }
  std::vector<std::string> describe(const std::string& runtime, const std::string& type, const std::string& message) {
    return describeInitError(function(runtime), error(type, message));
  }
  bool nodeLacks(const std::string& module) {
    const std::string message = "Error: Cannot find module '" + module + "'";
    return lacksPackages(function("nodejs20.x"), error("Runtime.ImportModuleError", message));
  }
  bool pythonLacks(const std::string& module) {
    const std::string message = "Unable to import module 'index': No module named '" + module + "'";
    return lacksPackages(function("python3.11"), error("Runtime.ImportModuleError", message));
  }
  Function function(const std::string& runtime) {
    Function function;
    function.name = "users";
    function.runtime = runtime;
    function.handler = "index.handler";
    function.code_directory = code_;
    return function;
  }
  std::string error(const std::string& type, const std::string& message) {
    return R"({"errorType":")" + type + R"(","errorMessage":")" + message + R"("})";
  }
  std::string advice(const std::string& module, const std::string& command, const std::filesystem::path& in) {
    return "the module " + module + " is not installed: run \"" + command + "\" in " + in.string();
  }

  TemporaryDirectory directory_;
  const std::filesystem::path code_ = directory_.path() / "code";
};

TEST_F(InitErrors, AMissingPackageOfNodeIsInstalledByNpm) {
  const std::string import = "Error: Cannot find package 'left-pad' imported from /code/index.mjs";
  const std::string require = "Error: Cannot find module '@aws-sdk/client-s3/file'\\nRequire stack:\\n- /code/index.js";
  EXPECT_THAT(node(import), ElementsAre(advice("left-pad", "npm install left-pad", code_)));
  write("package.json", R"({"dependencies":{"left-pad":"^1.0.0"}})");
  EXPECT_THAT(node(import), ElementsAre(advice("left-pad", "npm install", directory_.path())));
  write("package-lock.json", "{}");
  EXPECT_THAT(node(import), ElementsAre(advice("left-pad", "npm ci", directory_.path())));
  EXPECT_THAT(node(require),
              ElementsAre(advice("@aws-sdk/client-s3", "npm install @aws-sdk/client-s3", directory_.path())));
  write("code/package.json", R"({"devDependencies":{"left-pad":"1"}})");
  EXPECT_THAT(node(import), ElementsAre(advice("left-pad", "npm install", code_)));
}

TEST_F(InitErrors, AMissingFileOfTheFunctionIsNoPackage) {
  for (const char* specifier : {"./other.js", "/code/other.mjs"}) {
    const std::string message = "Error: Cannot find module '" + std::string(specifier) + "'";
    EXPECT_THAT(node(message), ElementsAre("could not start: Runtime.ImportModuleError: " + message));
  }
}

TEST_F(InitErrors, AMissingModuleOfPythonIsInstalledByPip) {
  const std::string message = "Unable to import module 'index': No module named 'boto3.session'";
  EXPECT_THAT(python(message), ElementsAre(advice("boto3", "pip install boto3", code_)));
  write("requirements.txt", "boto3\n");
  EXPECT_THAT(python(message), ElementsAre(advice("boto3", "pip install -r requirements.txt", directory_.path())));
  const std::string own = "Unable to import module 'index': No module named 'index'";
  EXPECT_THAT(python(own), ElementsAre("could not start: Runtime.ImportModuleError: " + own));
  write("code/helpers.py", "");
  const std::string part = "Unable to import module 'index': No module named 'helpers.more'";
  EXPECT_THAT(python(part), ElementsAre("could not start: Runtime.ImportModuleError: " + part));
}

TEST_F(InitErrors, APackageOfNodeIsAwaitedIfItIsDeclaredAndNotInstalled) {
  EXPECT_FALSE(nodeLacks("left-pad"));
  write("package.json", R"({"dependencies":{"left-pad":"^1.0.0"}})");
  EXPECT_TRUE(nodeLacks("left-pad"));
  EXPECT_FALSE(nodeLacks("left-pda"));
  write("code/package.json", R"({"type":"module"})");
  EXPECT_TRUE(nodeLacks("left-pad/lib"));
  std::filesystem::create_directories(directory_.path() / "node_modules" / "left-pad");
  EXPECT_FALSE(nodeLacks("left-pad/lib"));
}

TEST_F(InitErrors, AModuleOfPythonIsAwaitedIfARequirementHasItsName) {
  EXPECT_FALSE(pythonLacks("yaml"));
  write("requirements.txt",
        "# jsno\nPyYAML>=6\npython-dateutil\nrequests[socks]==2\n  psycopg2-binary\n"
        "google-cloud-storage\nruamel.yaml\njsonschema\n");
  for (const char* module : {"yaml", "dateutil", "requests", "psycopg2", "google", "google.cloud", "ruamel"}) {
    EXPECT_TRUE(pythonLacks(module)) << module;
  }
  for (const char* module : {"jsno", "json", "more", "requests.nothing", "binary", "request"}) {
    EXPECT_FALSE(pythonLacks(module)) << module;
  }
}

TEST_F(InitErrors, AWellKnownPackageIsAwaitedByTheNamesOfItsModules) {
  write("requirements.txt", "Pillow==11\nscikit-learn\nprotobuf\nbeautifulsoup4~=4.12  # HTML\n");
  for (const char* module : {"PIL", "sklearn", "google", "google.protobuf", "bs4"}) {
    EXPECT_TRUE(pythonLacks(module)) << module;
  }
  for (const char* module : {"pillow", "PIL.nothing", "scikit", "google.cloud", "bs"}) {
    EXPECT_FALSE(pythonLacks(module)) << module;
  }
}

TEST_F(InitErrors, RequirementsAreReadAsPipReadsThem) {
  std::filesystem::create_directories(directory_.path() / "shared" / "src" / "orders");
  std::filesystem::create_directories(directory_.path() / "more");
  write("more/base.txt", "-r ../requirements.txt\n-r missing.txt\nboto3\n");
  write("requirements.txt",
        "\xEF\xBB\xBFredis \\\r\n  --hash=sha256:00\r\n-r more/base.txt\r\n--index-url https://localhost/simple\r\n"
        "httpx[http2,brotli]>=0.27 ; python_version >= \"3.9\"\npywin32 ; sys_platform == 'win32'\n"
        "uvloop; sys_platform != 'win32'\n-e ./shared[all]\nevents @ git+https://localhost/team/log.git@v2\n"
        "git+https://localhost/team/mailer.git@main\n--editable=git+ssh://localhost/x.git#egg=stock&subdirectory=a\n"
        "https://localhost/files/tax_rates-1.2-py3-none-any.whl\n./wheels/bills-0.1.tar.gz\n"
        "; python_version < '3'\nledger @ https://localhost/files/other-1.0-py3-none-any.whl\n");
  for (const char* module :
       {"redis", "boto3", "httpx", "uvloop", "orders", "events", "mailer", "stock", "tax_rates", "bills", "ledger"}) {
    EXPECT_TRUE(pythonLacks(module)) << module;
  }
  for (const char* module : {"win32", "pywin32", "more", "missing", "shared", "log", "http2", "simple", "x", "other"}) {
    EXPECT_FALSE(pythonLacks(module)) << module;
  }
}

TEST_F(InitErrors, OthersAreShownWithTheFramesOfTheFunction) {
  const auto lines = [](const json::object& error) { return describeInitError(Function(), json::serialize(error)); };
  EXPECT_THAT(lines({{"errorType", "TypeError"},
                     {"errorMessage", "no"},
                     {"trace",
                      {"TypeError: no", "    at file:///code/index.mjs:1:7",
                       "    at loadModule (file:///tmp/x/bootstrap.mjs:110:5)"}}}),
              ElementsAre("could not start: TypeError: no", "    at file:///code/index.mjs:1:7"));
  const json::array python_frames{"  File \"/code/index.py\", line 2, in <module>\n    os.environ['A']\n"};
  EXPECT_THAT(lines({{"errorType", "KeyError"}, {"errorMessage", "'A'"}, {"stackTrace", python_frames}}),
              ElementsAre("could not start: KeyError: 'A'", "  File \"/code/index.py\", line 2, in <module>",
                          "    os.environ['A']"));
  EXPECT_THAT(lines({{"errorType", "Runtime.ExitError"},
                     {"errorMessage", "RequestId: 1234 Error: Runtime exited with error: exit status 4"}}),
              ElementsAre("could not start: Runtime.ExitError: Runtime exited with error: exit status 4"));
  EXPECT_THAT(describeInitError(Function(), "no json"), ElementsAre("could not start: no json"));
}

}  // namespace
}  // namespace ddblog::lambda
