#include "services/lambda/host/runtimes.h"

#include <stdlib.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>
#include <string_view>

#include "base/system_paths.h"

namespace ddblog::lambda {

// The files of services/lambda/host/runtimes/, embedded by cmake/embed.cmake.
extern const std::string_view kNodeBootstrap;
extern const std::string_view kNodeRuntimeApi;
extern const std::string_view kPythonBootstrap;

namespace {

namespace fs = std::filesystem;

constexpr const char* kNodeFile = "bootstrap.mjs";
constexpr const char* kNodeRuntimeApiFile = "runtime_api.mjs";
constexpr const char* kPythonFile = "bootstrap.py";

// Variables of the server's environment that interpreters need to be found and to find their
// packages.
constexpr const char* kPassedOn[] = {
    "PATH",         "HOME",          "USER",          "TMPDIR",       "LD_LIBRARY_PATH",    "NODE_PATH",
    "NODE_OPTIONS", "NVM_DIR",       "NVM_BIN",       "PYTHONPATH",   "PYTHONHOME",         "VIRTUAL_ENV",
    "PYENV_ROOT",   "PYENV_VERSION", "SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS"};

std::string variable(const char* name, const char* otherwise) {
  const char* value = ::getenv(name);
  return value && *value ? value : otherwise;
}

void write(const fs::path& file, std::string_view text) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  if (!out) throw std::runtime_error("the runtime file " + file.string() + " cannot be written");
}

// False also for a file in a directory that may not be searched.
bool isExecutable(const fs::path& file) {
  std::error_code unknown;
  return fs::is_regular_file(file, unknown) && ::access(file.c_str(), X_OK) == 0;
}

std::string findInterpreter(const std::string& name, const Function& function) {
  const std::string path = variable("PATH", "/usr/local/bin:/usr/bin:/bin");
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find(':', begin), path.size());
    const fs::path candidate = fs::path(path.substr(begin, end - begin)) / name;
    if (end > begin && isExecutable(candidate)) return candidate.string();
    begin = end + 1;
  }
  throw std::runtime_error("no " + name + " in PATH, which runtime " + function.runtime + " needs: install it");
}

void putInFront(std::string& paths, const fs::path& path) {
  if (fs::is_directory(path)) paths = path.string() + (paths.empty() ? "" : ":" + paths);
}

// A later layer goes before an earlier one, whose files it would replace below /opt.
void addLayer(const Function& function, const fs::path& layer, std::map<std::string, std::string>& environment) {
  putInFront(environment["PATH"], layer / "bin");
  putInFront(environment["LD_LIBRARY_PATH"], layer / "lib");
  const std::string_view runtime = function.runtime;
  if (runtime.starts_with("nodejs")) {
    const std::string version = "node" + std::string(runtime.substr(6, runtime.find('.') - 6));  // "node20"
    putInFront(environment["NODE_PATH"], layer / "nodejs" / "node_modules");
    putInFront(environment["NODE_PATH"], layer / "nodejs" / version / "node_modules");
  } else if (runtime.starts_with("python")) {
    putInFront(environment["PYTHONPATH"], layer / "python" / "lib" / runtime / "site-packages");
    putInFront(environment["PYTHONPATH"], layer / "python");
  }
}

}  // namespace

Runtimes::Runtimes(RuntimeOptions options) : options_(std::move(options)) {
  if (options_.directory.empty()) {
    temporary_directory_ = std::make_unique<BootstrapDirectory>(temporaryDirectory());
    options_.directory = temporary_directory_->path();
  }
  fs::create_directories(options_.directory);
  write(options_.directory / kNodeFile, kNodeBootstrap);
  write(options_.directory / kNodeRuntimeApiFile, kNodeRuntimeApi);
  write(options_.directory / kPythonFile, kPythonBootstrap);
  unpacked_ = std::make_unique<UnpackedCode>(options_.directory, options_.read_code);
}

FunctionFiles Runtimes::files(const Function& function) const {
  FunctionFiles files;
  const auto unpack = [&](const Code& code) {
    files.held.push_back(unpacked_->get(code));
    return *files.held.back();
  };
  files.code = function.code.sha256.empty() ? function.code_directory : unpack(function.code);
  if (files.code.empty()) files.code = ".";
  for (const LayerReference& layer : function.layers) files.layers.push_back(unpack(layer.code));
  for (const fs::path& layer : function.layer_directories) files.layers.push_back(layer);
  return files;
}

CommandLine Runtimes::commandLine(const Function& function, const FunctionFiles& files, const std::string& runtime_api,
                                  const std::string& log_stream) const {
  CommandLine command;
  command.directory = files.code;
  if (!fs::is_directory(command.directory)) {
    throw std::runtime_error("code directory " + command.directory.string() + " does not exist");
  }
  command.directory = fs::absolute(command.directory);
  command.arguments = arguments(function, command.directory);
  for (const auto& [name, value] : environment(function, files, runtime_api, log_stream)) {
    command.environment.push_back(name + "=" + value);
  }
  return command;
}

std::vector<std::string> Runtimes::arguments(const Function& function, const fs::path& code) const {
  if (!function.command.empty()) return function.command;
  const fs::path directory = fs::absolute(options_.directory);
  const std::string_view runtime = function.runtime;
  if (runtime.starts_with("nodejs")) {
    return {findInterpreter("node", function),
            "--expose-gc",
            "--max-http-header-size=81920",
            "--max-semi-space-size=" + std::to_string(function.memory_size / 20),
            "--max-old-space-size=" + std::to_string(function.memory_size - function.memory_size / 10),
            (directory / kNodeFile).string()};
  }
  if (runtime.starts_with("python3")) {
    // -u: what is printed leaves the process at once, in the order in which it was printed.
    return {findInterpreter("python3", function), "-u", (directory / kPythonFile).string()};
  }
  if (runtime.starts_with("provided")) {
    const fs::path bootstrap = code / "bootstrap";
    if (!isExecutable(bootstrap)) throw std::runtime_error("no executable " + bootstrap.string());
    return {bootstrap.string()};
  }
  throw std::runtime_error("runtime \"" + function.runtime + "\" is not supported (nodejs*, python3.*, provided.*)");
}

std::map<std::string, std::string> Runtimes::environment(const Function& function, const FunctionFiles& files,
                                                         const std::string& runtime_api,
                                                         const std::string& log_stream) const {
  std::map<std::string, std::string> result;
  for (const char* name : kPassedOn) {
    if (const char* value = ::getenv(name)) result[name] = value;
  }
  result.insert({"PATH", "/usr/local/bin:/usr/bin:/bin"});
  result["TZ"] = ":UTC";
  result["LANG"] = "en_US.UTF-8";
  result["PYTHONIOENCODING"] = "utf-8";
  result["AWS_REGION"] = options_.region;
  result["AWS_DEFAULT_REGION"] = options_.region;
  result["AWS_ACCESS_KEY_ID"] = "local";
  result["AWS_SECRET_ACCESS_KEY"] = "local";
  result["AWS_SESSION_TOKEN"] = "local";
  if (!options_.endpoint_url.empty()) result["AWS_ENDPOINT_URL"] = options_.endpoint_url;
  result["IS_OFFLINE"] = "true";
  for (const auto& [name, value] : options_.environment) result[name] = value;
  for (const auto& [name, value] : function.environment) result[name] = value;
  for (const fs::path& layer : files.layers) addLayer(function, fs::absolute(layer), result);
  // Lambda's reserved variables, which a function cannot set.
  result["_HANDLER"] = function.handler;
  result["LAMBDA_TASK_ROOT"] = fs::absolute(files.code).string();
  result["LAMBDA_RUNTIME_DIR"] = fs::absolute(options_.directory).string();
  result["AWS_EXECUTION_ENV"] = "AWS_Lambda_" + (function.runtime.empty() ? "provided" : function.runtime);
  result["AWS_LAMBDA_FUNCTION_NAME"] = function.name;
  result["AWS_LAMBDA_FUNCTION_VERSION"] = function.version;
  result["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = std::to_string(function.memory_size);
  result["AWS_LAMBDA_INITIALIZATION_TYPE"] = "on-demand";
  result["AWS_LAMBDA_LOG_GROUP_NAME"] = "/aws/lambda/" + function.name;
  result["AWS_LAMBDA_LOG_STREAM_NAME"] = log_stream;
  result["AWS_LAMBDA_RUNTIME_API"] = runtime_api;
  return result;
}

}  // namespace ddblog::lambda
