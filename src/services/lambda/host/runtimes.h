// How a function's process is started: its command line and environment.
//
//   nodejs*     node <options> <runtime directory>/bootstrap.mjs; the options are Lambda's (the heap fits
//               into MemorySize, and there is a global gc()), and --require preload.cjs, which sends the
//               clients of the SDK v2 here and finds modules below /opt in the layers
//   python3.*   python3 -u <runtime directory>/bootstrap.py
//   provided.*  <code directory>/bootstrap
//   built in    the function's own `command`
//
// A layer's directories are on the paths where AWS has them below /opt: PATH, LD_LIBRARY_PATH,
// NODE_PATH, PYTHONPATH. The layers are not at /opt itself: only Node.js's modules are found by such a
// path. A local layer with neither nodejs/ nor python/ is not built: the directory stands for them.
//
// The code of a template's function may be a zip archive that is not built yet: the first process that
// finds it unpacks it.
//
// Our bootstraps (services/lambda/host/runtimes/) are embedded in the binary and written to the
// runtime directory at the start. As files they give stack traces with names and lines, and Node.js
// can import ES modules from them.
//
// The environment contains Lambda's variables
// (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html), AWS_ENDPOINT_URL,
// IS_OFFLINE, and what LocalStack sets (LOCALSTACK_HOSTNAME, EDGE_PORT), then the options' and the
// function's own variables. From the server's environment it takes only the variables that
// interpreters need to be found and to find their packages, so that a function cannot depend on
// variables that do not exist in AWS.
//
// Thread safety: immutable after construction.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "services/lambda/functions/function.h"
#include "services/lambda/host/bootstrap_directory.h"
#include "services/lambda/host/process.h"
#include "services/lambda/host/unpacked_code.h"

namespace ddblog::lambda {

// Where the files of a function are, as long as this exists.
struct FunctionFiles {
  std::filesystem::path code;
  std::vector<std::filesystem::path> layers;  // the last one goes first
  std::vector<UnpackedCode::Directory> held;
};

// The access key id of a process's requests, from the name of its log stream: the server can tell by it which
// process has sent a request. It is AWS_ACCESS_KEY_ID of functions, unless they have another one.
std::string processKey(std::string_view log_stream);

struct RuntimeOptions {
  std::filesystem::path directory;  // for the bootstraps; empty: a BootstrapDirectory
  std::string region;
  std::string endpoint_url;                        // AWS_ENDPOINT_URL: this server's URL
  std::map<std::string, std::string> environment;  // for every function
  UnpackedCode::ReadCode read_code;                // for functions whose code was uploaded
};

class Runtimes {
 public:
  explicit Runtimes(RuntimeOptions options);  // throws std::runtime_error if the directory cannot be written

  // Reads uploaded code from another store from now on (UnpackedCode::readBy).
  void readCodeBy(UnpackedCode::ReadCode read) { unpacked_->readBy(std::move(read)); }

  // Unpacks the function's archives, if no process has them yet. Throws std::runtime_error with a
  // one-line message.
  FunctionFiles files(const Function& function) const;
  // The command line for a process of `function` whose Runtime API is at `runtime_api`
  // ("127.0.0.1:PORT"). Throws std::runtime_error with a one-line message: unknown runtime, missing
  // interpreter, missing code directory or bootstrap.
  CommandLine commandLine(const Function& function, const FunctionFiles& files, const std::string& runtime_api,
                          const std::string& log_stream) const;

 private:
  std::vector<std::string> arguments(const Function& function, const std::filesystem::path& code) const;
  std::map<std::string, std::string> environment(const Function& function, const FunctionFiles& files,
                                                 const std::string& runtime_api, const std::string& log_stream) const;

  RuntimeOptions options_;
  std::unique_ptr<BootstrapDirectory> temporary_directory_;
  std::unique_ptr<UnpackedCode> unpacked_;
};

}  // namespace ddblog::lambda
