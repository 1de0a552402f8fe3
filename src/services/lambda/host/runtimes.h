// What a function runs as: its command line and its environment.
//
//   nodejs*     node <runtime directory>/bootstrap.mjs
//   python3.*   python3 <runtime directory>/bootstrap.py
//   provided.*  <code directory>/bootstrap
//   built in    the function's own `command`
//
// Our bootstraps (services/lambda/host/runtimes/) are embedded in the binary and written to the
// runtime directory at the start: as files they give stack traces with names and lines, and let
// Node.js import ES modules.
//
// The environment is what Lambda sets
// (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html), plus AWS_ENDPOINT_URL
// and IS_OFFLINE, plus the options' and then the function's own variables. Of the server's
// environment only what interpreters need to be found and to find their packages is passed on, so
// that a function does not come to depend on what will not be there in AWS.
//
// Thread safety: immutable after its construction.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "services/lambda/functions/function.h"
#include "services/lambda/host/process.h"

namespace ddblog::lambda {

struct RuntimeOptions {
  std::filesystem::path
      directory;  // for the bootstraps; empty: one in the system's temporary directory, removed at the end
  std::string region;
  std::string endpoint_url;                        // AWS_ENDPOINT_URL: this server's own
  std::map<std::string, std::string> environment;  // for every function
};

class Runtimes {
 public:
  explicit Runtimes(RuntimeOptions options);  // throws std::runtime_error if the directory cannot be written
  ~Runtimes();

  // The command line of a process of `function` whose Runtime API is at `runtime_api`
  // ("127.0.0.1:PORT"). Throws std::runtime_error with one line: unknown runtime, missing
  // interpreter, missing code directory or bootstrap.
  CommandLine commandLine(const Function& function, const std::string& runtime_api,
                          const std::string& log_stream) const;

 private:
  std::vector<std::string> arguments(const Function& function) const;
  std::map<std::string, std::string> environment(const Function& function, const std::string& runtime_api,
                                                 const std::string& log_stream) const;

  RuntimeOptions options_;
  bool remove_directory_ = false;
};

}  // namespace ddblog::lambda
