// Runs the JavaScript and TypeScript files of a serverless.yml with node: what a file exports, or what
// the exported function returns, as JSON. TypeScript is read by tsx, ts-node, esbuild or typescript,
// whichever the service has installed, or else by node itself (from 22.6 on).
//
// If modules stand in, a module that is not there gives texts such as "${module(./tables):names}"; a list or a map
// of it is empty. So a file can be read without the files beside it.
//
// The function gets {options, env, resolveVariable, resolveConfigurationProperty}, as the framework
// gives them. All files run in one process, which starts for the first one; only a file that runs while
// another waits for a variable gets one more. A process has the environment of this one, and prints to
// our standard error. One whose file takes longer than `time` is ended. Over a socket the two exchange
// lines of JSON:
//
//   here -> node   {"file": "/users/config.js", "expression": "", "address": "table", "directory": "/users",
//                   "options": {…}, "environment": {…}, "modulesStandIn": true}
//   node -> here   {"resolve": "self:custom.table"}      here -> node   {"value": …} or {"error": "…"}
//   node -> here   {"result": …, "missing": ["./tables"]} or {"error": "…"}; then the next file may come
//                  {"option": "--experimental-strip-types"}: only node with this option can read the file
//
// Source: https://www.serverless.com/framework/docs/guides/variables#javascript-files
// Thread safety: none.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"

namespace ddblog::templates::serverless {

inline constexpr std::chrono::milliseconds kScriptTime{30'000};
inline constexpr std::size_t kScriptAnswerBytes = 4u << 20;
inline constexpr const char* kModuleVariable = "module";  // the type of variables that stand in for modules

struct Script {
  std::filesystem::path directory;  // the working directory: that of the service
  std::filesystem::path file;       // empty: `expression` is evaluated
  std::string expression;
  std::string address;  // the member of what the file exports; empty: all of it
  json::object options;
  std::map<std::string, std::string> environment;  // beside that of this process
  bool modules_stand_in = false;                   // else a module that is not there is an error
  std::chrono::milliseconds time = kScriptTime;
  std::function<std::chrono::steady_clock::time_point()> now = std::chrono::steady_clock::now;
};

// By its name: .js, .cjs, .mjs, .ts, .cts, .mts.
bool isScript(const std::filesystem::path& file);

// The value of a variable that the script asks for: "self:custom.table". Throws std::exception.
using ResolveForScript = std::function<json::value(const std::string& variable)>;

// The processes. Ends them when it is destroyed.
class Scripts {
 public:
  Scripts();
  ~Scripts();
  Scripts(const Scripts&) = delete;

  // Throws std::runtime_error with one line: node is not there, the script failed, took too long, or
  // returned too much. `resolve` may run other scripts.
  json::value run(const Script& script, const ResolveForScript& resolve);
  // The modules that were not there since the last call, as the files name them.
  std::vector<std::string> takeMissingModules() { return std::exchange(missing_modules_, {}); }

 private:
  class Process;

  std::unique_ptr<Process> takeProcess();

  std::vector<std::string> missing_modules_;
  std::vector<std::unique_ptr<Process>> idle_;
  std::vector<std::string> node_options_;
};

}  // namespace ddblog::templates::serverless
