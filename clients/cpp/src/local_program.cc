#include "clients/cpp/src/local_program.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include "base/json.h"
#include "ddblog/errors.h"
#include "ddblog/transport.h"

namespace ddblog {
namespace {

constexpr std::chrono::milliseconds kLook{2};  // between two looks at the ready file
constexpr std::chrono::seconds kStopTimeout{20};
constexpr std::size_t kOutputBytes = 64u << 10;  // that output() returns

std::string programOf(const LocalCloudOptions& options) {
  if (!options.program.empty()) return options.program;
  const char* named = std::getenv("DYNAMODB_LOG");
  return named && *named ? named : "dynamodb-log";
}

std::string contentOf(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

}  // namespace

LocalCloud::Program::Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "dynamodb-log-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw std::system_error(errno, std::generic_category(), name);
  path_ = name;
}

LocalCloud::Program::Folder::~Folder() {
  std::error_code ignored;  // what is left lies among the system's temporary files
  std::filesystem::remove_all(path_, ignored);
}

LocalCloud::Program::Program(const LocalCloudOptions& options) : file_(programOf(options)) {
  start(options);
  waitUntilReady(options.start_timeout);
}

LocalCloud::Program::~Program() {
  process_->terminate();
  const auto deadline = std::chrono::steady_clock::now() + kStopTimeout;
  while (!process_->hasEnded() && std::chrono::steady_clock::now() < deadline) systemEnvironment()->pause(kLook);
}

std::vector<std::string> LocalCloud::Program::arguments(const LocalCloudOptions& options) const {
  std::vector<std::string> list{file_,
                                "offline",
                                "--in-memory",
                                "--port",
                                "0",
                                "--ready-file",
                                folder_ / "ready.json",
                                "--parent-pid",
                                std::to_string(::getpid()),
                                "--stage",
                                options.stage};
  if (!options.template_file.empty()) list.insert(list.end(), {"--template", options.template_file});
  list.insert(list.end(), options.arguments.begin(), options.arguments.end());
  return list;
}

void LocalCloud::Program::start(const LocalCloudOptions& options) {
  const int output = ::open((folder_ / "output").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (output < 0) throw std::system_error(errno, std::generic_category(), folder_ / "output");
  try {
    process_.emplace(ChildProgram{.arguments = arguments(options),
                                  .descriptors = {{output, STDOUT_FILENO}, {output, STDERR_FILENO}}});
  } catch (const std::system_error& error) {
    ::close(output);
    throw ConfigurationError("The program " + file_ + " cannot be started (" + error.code().message() +
                             "): put it on the PATH, or name it in DYNAMODB_LOG.");
  }
  ::close(output);
}

void LocalCloud::Program::waitUntilReady(std::chrono::seconds timeout) {
  const std::filesystem::path ready = folder_ / "ready.json";
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!std::filesystem::exists(ready)) {
    if (const auto status = process_->hasEnded()) {
      throw std::runtime_error(file_ + " ended with status " + std::to_string(*status) + ":\n" + output());
    }
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error(file_ + " was not ready after " + std::to_string(timeout.count()) + " s:\n" + output());
    }
    systemEnvironment()->pause(kLook);
  }
  url_ = std::string(parseJson(contentOf(ready)).at("url").as_string());
}

std::string LocalCloud::Program::output() const {
  std::string text = contentOf(folder_ / "output");
  if (text.size() > kOutputBytes) text.erase(0, text.find('\n', text.size() - kOutputBytes) + 1);
  return text;
}

}  // namespace ddblog
