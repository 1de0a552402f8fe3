#include "services/lambda/host/runtimes.h"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>

#include "base/fnv.h"
#include "base/json.h"
#include "base/system_paths.h"
#include "rpc/traces.h"

namespace ddblog::lambda {

// The files of services/lambda/host/runtimes/, embedded by cmake/embed.cmake.
extern const std::string_view kNodeBootstrap;
extern const std::string_view kNodePreload;
extern const std::string_view kNodeRuntimeApi;
extern const std::string_view kPythonBootstrap;

namespace {

namespace fs = std::filesystem;

constexpr const char* kNodeFile = "bootstrap.mjs";
constexpr const char* kNodePreloadFile = "preload.cjs";
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

// Whether a directory that is missing has the place of what a build makes. Otherwise its name may be a typo.
bool isMadeByBuild(const fs::path& missing) {
  constexpr std::string_view kMade[] = {".aws-sam", ".build", ".esbuild", ".serverless", ".webpack",
                                        "build",    "dist",   "out",      "target"};
  std::error_code unknown;
  for (fs::path at = missing.lexically_normal(); at.has_relative_path(); at = at.parent_path()) {
    if (std::ranges::find(kMade, at.filename().string()) != std::end(kMade)) return true;
    if (fs::exists(at, unknown)) return false;
  }
  return false;
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

struct Layer {
  fs::path directory;
  bool is_whole = true;  // false: it is not built, and stands for its folder of the runtime
};

// The last one goes first.
std::vector<Layer> layersOf(const Function& function, const FunctionFiles& files) {
  std::vector<Layer> layers;
  for (const fs::path& given : files.layers) {
    const fs::path directory = fs::absolute(given);
    const bool is_local = layers.size() >= function.layers.size();
    layers.push_back(
        {directory, !is_local || fs::is_directory(directory / "nodejs") || fs::is_directory(directory / "python")});
  }
  return layers;
}

// A later layer goes before an earlier one, whose files it would replace below /opt.
void addLayer(const Function& function, const Layer& from, std::map<std::string, std::string>& environment) {
  const fs::path& layer = from.directory;
  putInFront(environment["PATH"], layer / "bin");
  putInFront(environment["LD_LIBRARY_PATH"], layer / "lib");
  const std::string_view runtime = function.runtime;
  if (runtime.starts_with("nodejs")) {
    const std::string version = "node" + std::string(runtime.substr(6, runtime.find('.') - 6));  // "node20"
    const fs::path folder = from.is_whole ? layer / "nodejs" : layer;
    putInFront(environment["NODE_PATH"], folder / "node_modules");
    putInFront(environment["NODE_PATH"], folder / version / "node_modules");
  } else if (runtime.starts_with("python")) {
    const fs::path folder = from.is_whole ? layer / "python" : layer;
    putInFront(environment["PYTHONPATH"], folder / "lib" / runtime / "site-packages");
    putInFront(environment["PYTHONPATH"], folder);
  }
}

// DYNAMODB_LOG_LAYERS, as preload.cjs reads it.
std::string layersForNode(const std::vector<Layer>& layers) {
  json::array list;
  for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
    list.push_back(json::array{layer->directory.string(), layer->is_whole ? "" : "nodejs"});
  }
  return json::serialize(list);
}

// Functions written for LocalStack make its endpoint of these. `url`: "http://127.0.0.1:8000".
void addLocalStackVariables(std::string_view url, std::map<std::string, std::string>& environment) {
  const std::size_t host = url.find("://");
  const std::size_t colon = url.rfind(':');
  if (host == std::string_view::npos || colon <= host) return;
  environment["LOCALSTACK_HOSTNAME"] = url.substr(host + 3, colon - host - 3);
  environment["EDGE_PORT"] = url.substr(colon + 1);
}

}  // namespace

std::string processKey(std::string_view log_stream) {
  char number[17];
  std::snprintf(number, sizeof number, "%016llX", static_cast<unsigned long long>(fnv1a(log_stream)));
  return std::string(rpc::kProcessKey) + number;
}

Runtimes::Runtimes(RuntimeOptions options) : options_(std::move(options)) {
  if (options_.directory.empty()) {
    temporary_directory_ = std::make_unique<BootstrapDirectory>(temporaryDirectory());
    options_.directory = temporary_directory_->path();
  }
  fs::create_directories(options_.directory);
  write(options_.directory / kNodeFile, kNodeBootstrap);
  write(options_.directory / kNodePreloadFile, kNodePreload);
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
  if (!function.code.sha256.empty()) {
    files.code = unpack(function.code);
  } else if (isArchive(function.code_directory)) {
    files.held.push_back(unpacked_->get(function.code_directory));
    files.code = *files.held.back();
  } else {
    files.code = function.code_directory;
  }
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
    const std::string missing = "code directory " + command.directory.string() + " does not exist";
    if (isMadeByBuild(command.directory)) throw NotBuilt(missing);
    throw std::runtime_error(missing);
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
            "--require",
            (directory / kNodePreloadFile).string(),
            (directory / kNodeFile).string()};
  }
  if (runtime.starts_with("python3")) {
    // -u: what is printed leaves the process at once, in the order in which it was printed.
    return {findInterpreter("python3", function), "-u", (directory / kPythonFile).string()};
  }
  if (runtime.starts_with("provided")) {
    const fs::path bootstrap = code / "bootstrap";
    if (!isExecutable(bootstrap)) {
      throw NotBuilt("no executable " + bootstrap.string() + ": run `sam build` or your own build");
    }
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
  result["AWS_ACCESS_KEY_ID"] = processKey(log_stream);
  result["AWS_SECRET_ACCESS_KEY"] = "local";
  result["AWS_SESSION_TOKEN"] = "local";
  if (!options_.endpoint_url.empty()) {
    result["AWS_ENDPOINT_URL"] = options_.endpoint_url;
    addLocalStackVariables(options_.endpoint_url, result);
  }
  result["IS_OFFLINE"] = "true";
  for (const auto& [name, value] : options_.environment) result[name] = value;
  for (const auto& [name, value] : function.environment) result[name] = value;
  const std::vector<Layer> layers = layersOf(function, files);
  for (const Layer& layer : layers) addLayer(function, layer, result);
  if (!layers.empty() && function.runtime.starts_with("nodejs")) {
    result["DYNAMODB_LOG_LAYERS"] = layersForNode(layers);
  }
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
