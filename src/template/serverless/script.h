// Runs a JavaScript file of a serverless.yml with node, in a process of its own: what the file
// exports, or what the exported function returns, as JSON.
//
// The function gets {options, env, resolveVariable, resolveConfigurationProperty}, as the framework
// gives them. The process has the environment of this one, prints to our standard error, and is
// ended after `time`. Over a socket the two exchange lines of JSON:
//
//   node -> here   {"resolve": "self:custom.table"}      here -> node   {"value": …} or {"error": "…"}
//   node -> here   {"result": …} or {"error": "…"}, the last line
//
// Source: https://www.serverless.com/framework/docs/guides/variables#javascript-files
// Thread safety: none.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "base/json.h"

namespace ddblog::templates::serverless {

inline constexpr std::chrono::milliseconds kScriptTime{30'000};
inline constexpr std::size_t kScriptAnswerBytes = 4u << 20;

struct Script {
  std::filesystem::path directory;  // the working directory: that of the service
  std::filesystem::path file;       // empty: `expression` is evaluated
  std::string expression;
  std::string address;  // the member of what the file exports; empty: all of it
  json::object options;
  std::map<std::string, std::string> environment;  // beside that of this process
  std::chrono::milliseconds time = kScriptTime;
  std::function<std::chrono::steady_clock::time_point()> now = std::chrono::steady_clock::now;
};

// The value of a variable that the script asks for: "self:custom.table". Throws std::exception.
using ResolveForScript = std::function<json::value(const std::string& variable)>;

// Throws std::runtime_error with one line: node is not there, the script failed, took too long, or
// returned too much.
json::value runScript(const Script& script, const ResolveForScript& resolve);

}  // namespace ddblog::templates::serverless
