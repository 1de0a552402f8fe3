#include "template/serverless/script.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/child_process.h"
#include "base/json_fields.h"

namespace ddblog::templates::serverless {

// script_runner.cjs, embedded by cmake/embed.cmake.
extern const std::string_view kScriptRunner;

namespace {

using Deadline = std::chrono::steady_clock::time_point;

json::value taskOf(const Script& script) {
  json::object environment;
  for (const auto& [name, value] : script.environment) environment[name] = value;
  return json::object{{"file", script.file.string()},
                      {"expression", script.expression},
                      {"address", script.address},
                      {"directory", script.directory.string()},
                      {"options", script.options},
                      {"environment", std::move(environment)},
                      {"modulesStandIn", script.modules_stand_in}};
}

// The script itself says that it failed: its process goes on.
class ScriptFailed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A file of which node says that it can read it with this option. Nothing has run.
class NeedsOption : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

json::object answerTo(const std::string& variable, const ResolveForScript& resolve) {
  try {
    return {{"value", resolve(variable)}};
  } catch (const std::exception& e) {
    return {{"error", e.what()}};
  }
}

}  // namespace

class Scripts::Process {
 public:
  explicit Process(const std::vector<std::string>& node_options) {
    std::vector<std::string> arguments = {"node"};
    arguments.insert(arguments.end(), node_options.begin(), node_options.end());
    arguments.insert(arguments.end(), {"-e", std::string(kScriptRunner)});
    int sockets[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0) {
      throw std::runtime_error(std::string("no socket: ") + std::strerror(errno));
    }
    socket_ = sockets[0];
    try {
      process_.emplace(ChildProgram{.arguments = std::move(arguments),
                                    .descriptors = {{STDERR_FILENO, STDOUT_FILENO}, {sockets[1], 3}}});
    } catch (const std::system_error& e) {
      ::close(sockets[0]);
      ::close(sockets[1]);
      throw std::runtime_error("it needs node, which could not be started: " + e.code().message());
    }
    ::close(sockets[1]);
  }

  ~Process() { ::close(socket_); }

  Process(const Process&) = delete;

  json::value run(const Script& script, const ResolveForScript& resolve, std::vector<std::string>& missing_modules) {
    now_ = script.now;
    deadline_ = now_() + script.time;
    send(taskOf(script));
    for (;;) {
      const json::object message = receive();
      if (const json::value* result = message.if_contains("result")) {
        for (const json::value& module : message.at("missing").as_array()) {
          missing_modules.emplace_back(module.as_string());
        }
        return *result;
      }
      if (const std::string option = ddblog::textOf(message, "option"); !option.empty()) throw NeedsOption(option);
      if (const std::string error = ddblog::textOf(message, "error"); !error.empty()) throw ScriptFailed(error);
      send(answerTo(ddblog::textOf(message, "resolve"), resolve));
    }
  }

 private:
  void send(const json::value& message) const {
    const std::string line = json::serialize(message) + "\n";
    for (std::size_t sent = 0; sent < line.size();) {
      if (!waitFor(POLLOUT)) continue;
      const ssize_t count = ::send(socket_, line.data() + sent, line.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
      const bool is_busy = count < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK);
      if (count < 0 && !is_busy) throw std::runtime_error("it ended before it returned");
      if (count > 0) sent += static_cast<std::size_t>(count);
    }
  }

  json::object receive() {
    for (std::size_t end; (end = received_.find('\n', searched_)) == std::string::npos;) {
      searched_ = received_.size();
      if (received_.size() > kScriptAnswerBytes) throw std::runtime_error("it returned more than 4 MB");
      readSome();
    }
    const std::size_t end = received_.find('\n');
    const json::value message = parseJson(received_.substr(0, end));
    received_.erase(0, end + 1);
    searched_ = 0;
    return message.as_object();
  }

  // False: it was interrupted. Throws at the deadline.
  bool waitFor(short event) const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - now_());
    pollfd waiting{socket_, event, 0};
    const int ready = left.count() > 0 ? ::poll(&waiting, 1, static_cast<int>(left.count())) : 0;
    if (ready < 0 && errno == EINTR) return false;
    if (ready <= 0) throw std::runtime_error("it did not return in time");
    return true;
  }

  void readSome() {
    if (!waitFor(POLLIN)) return;
    char bytes[16384];
    const ssize_t count = ::recv(socket_, bytes, sizeof bytes, 0);
    if (count < 0 && errno == EINTR) return;
    if (count <= 0) throw std::runtime_error("it ended before it returned");
    received_.append(bytes, static_cast<std::size_t>(count));
  }

  std::function<Deadline()> now_;
  Deadline deadline_;
  std::optional<ChildProcess> process_;
  int socket_ = -1;
  std::string received_;
  std::size_t searched_ = 0;  // its beginning that has no end of line
};

bool isScript(const std::filesystem::path& file) {
  constexpr std::array<std::string_view, 6> kEnds = {".js", ".cjs", ".mjs", ".ts", ".cts", ".mts"};
  return std::ranges::find(kEnds, file.extension().string()) != kEnds.end();
}

Scripts::Scripts() = default;
Scripts::~Scripts() = default;

std::unique_ptr<Scripts::Process> Scripts::takeProcess() {
  if (idle_.empty()) return std::make_unique<Process>(node_options_);
  std::unique_ptr<Process> process = std::move(idle_.back());
  idle_.pop_back();
  return process;
}

json::value Scripts::run(const Script& script, const ResolveForScript& resolve) {
  std::unique_ptr<Process> process = takeProcess();
  try {
    json::value result = process->run(script, resolve, missing_modules_);
    idle_.push_back(std::move(process));
    return result;
  } catch (const ScriptFailed&) {
    idle_.push_back(std::move(process));
    throw;
  } catch (const NeedsOption& needed) {
    if (!node_options_.empty())
      throw std::runtime_error(std::string("node cannot read it, in spite of ") + needed.what());
    node_options_ = {needed.what(), "--no-warnings"};
    idle_.clear();
  }
  return run(script, resolve);
}

}  // namespace ddblog::templates::serverless
