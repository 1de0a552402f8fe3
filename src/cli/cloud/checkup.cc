#include "cli/cloud/checkup.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

#include "base/child_process.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/json.h"
#include "base/text.h"
#include "store/directory_lock.h"

namespace ddblog::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kLeastDisk = 512u << 20;   // ours: RocksDB's files and logs of a small application
constexpr std::uint64_t kLeastMemory = 256u << 20;  // ours: the cloud and a few functions
constexpr rlim_t kLeastOpenFiles = 4096;            // ours: connections, function processes, files of the store
constexpr std::size_t kReadyFileBytes = 64u << 10;
constexpr Timestamp kEarliest = std::chrono::sys_days(std::chrono::year(2024) / 1 / 1);  // AWS refuses wrong times

std::string megabytes(std::uint64_t bytes) { return withThousands(bytes >> 20) + " MiB"; }

// What a program prints, its first line; std::nullopt: it cannot be started, or fails.
std::optional<std::string> outputOf(std::vector<std::string> arguments) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return std::nullopt;
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  std::optional<std::string> output;
  try {
    ChildProcess child(
        {.arguments = std::move(arguments), .descriptors = {{pipe[1], STDOUT_FILENO}, {nowhere, STDERR_FILENO}}});
    ::close(std::exchange(pipe[1], -1));
    std::string text;
    std::array<char, 256> piece{};
    for (ssize_t count = 0; (count = ::read(pipe[0], piece.data(), piece.size())) > 0;) {
      if (text.size() < piece.size()) text.append(piece.data(), static_cast<std::size_t>(count));
    }
    if (child.wait() == 0) output = text.substr(0, text.find('\n'));
  } catch (const std::system_error&) {  // there is no such program
  }
  for (const int descriptor : {pipe[0], pipe[1], nowhere}) {
    if (descriptor >= 0) ::close(descriptor);
  }
  return output;
}

// The directory itself, or the one that it will be made in.
fs::path existing(fs::path path) {
  std::error_code unreadable;
  for (path = fs::absolute(path); !fs::exists(path, unreadable) && path != path.root_path();) path = path.parent_path();
  return path;
}

std::optional<std::uint64_t> availableMemory() {
  std::ifstream in("/proc/meminfo");
  for (std::string name, unit; in;) {
    std::uint64_t kilobytes = 0;
    in >> name >> kilobytes;
    std::getline(in, unit);
    if (name == "MemAvailable:") return kilobytes << 10;
  }
  return std::nullopt;
}

bool anyBeginsWith(const std::set<std::string>& words, const std::string& begin) {
  return std::ranges::any_of(words, [&](const std::string& word) { return word.starts_with(begin); });
}

Checked checkDisk(const fs::path& directory) {
  std::error_code error;
  const fs::space_info space = fs::space(existing(directory), error);
  if (error) return {"disk", "cannot be looked at: " + error.message(), "name another directory with --data"};
  Checked disk{"disk", megabytes(space.available) + " are free for " + directory.string()};
  if (space.available < kLeastDisk) disk.advice = "make room, or name a directory on another disk with --data";
  return disk;
}

}  // namespace

bool isPortTaken(int port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return false;
  const int yes = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool is_taken =
      ::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 && errno == EADDRINUSE;
  ::close(descriptor);
  return is_taken;
}

Checked checkPort(int port, bool is_ours) {
  const std::string what = "port " + std::to_string(port);
  if (!isPortTaken(port)) return {what, "is free"};
  if (is_ours) return {what, "is used while an offline cloud runs"};
  return {what, "is used by another program", "stop that program, or start the cloud with another --port"};
}

std::vector<Checked> checkDirectory(const fs::path& directory) {
  Checked data{"data", directory.string()};
  std::error_code unreadable;
  if (const auto holder = holderOf(directory)) {
    data.text += " is in use" + (*holder > 0 ? " by process " + std::to_string(*holder) : std::string());
  } else if (!fs::exists(directory, unreadable)) {
    data.text += " does not exist yet";
  } else {
    data.text += " is not in use";
  }
  if (::access(existing(directory).c_str(), W_OK | X_OK) != 0) {
    data.text += ", and cannot be written";
    data.advice = "make it yours (chown), or name another directory with --data";
  }
  return {data, checkDisk(directory)};
}

std::vector<Checked> checkReadyFile(const fs::path& file) {
  if (!isFile(file)) return {};
  Checked ready{"ready file", file.string()};
  std::int64_t process = 0;
  try {
    process = parseJson(readFile(file, kReadyFileBytes)).as_object().at("pid").as_int64();
  } catch (const std::exception&) {
    return {};  // somebody else's
  }
  if (::kill(static_cast<pid_t>(process), 0) == 0 || errno != ESRCH) {
    ready.text += " is of process " + std::to_string(process) + ", which runs";
  } else {
    ready.text += " was left by process " + std::to_string(process) + ", which has ended";
    ready.advice = "remove it: programs that wait for it think that the cloud is ready";
  }
  return {ready};
}

std::vector<Checked> checkInterpreters(const std::set<std::string>& runtimes) {
  std::vector<Checked> found;
  if (anyBeginsWith(runtimes, "nodejs")) {
    const auto version = outputOf({"node", "--version"});
    found.push_back(version ? Checked{"node", *version}
                            : Checked{"node", "is not in PATH, and functions need it", "install Node.js 18 or newer"});
  }
  if (anyBeginsWith(runtimes, "python")) {
    const auto version = outputOf({"python3", "--version"});
    found.push_back(version
                        ? Checked{"python3", *version}
                        : Checked{"python3", "is not in PATH, and functions need it", "install Python 3.9 or newer"});
    if (version) {
      const auto boto3 = outputOf({"python3", "-c", "import boto3; print(boto3.__version__)"});
      found.push_back(boto3 ? Checked{"boto3", *boto3}
                            : Checked{"boto3", "is not installed for python3, and Lambda's runtime has it",
                                      "pip install boto3, in the virtual environment in which you start the cloud"});
    }
  }
  return found;
}

std::vector<Checked> checkMachine() {
  std::vector<Checked> found;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    const bool is_unlimited = limit.rlim_max == RLIM_INFINITY;
    Checked files{"open files", is_unlimited ? "are not limited" : withThousands(limit.rlim_max) + " at most"};
    if (!is_unlimited && limit.rlim_max < kLeastOpenFiles) {
      files.advice = "raise the hard limit to " + withThousands(kLeastOpenFiles) + " (ulimit -Hn, or limits.conf)";
    }
    found.push_back(files);
  }
  if (const auto memory = availableMemory()) {
    Checked available{"memory", megabytes(*memory) + " are available"};
    if (*memory < kLeastMemory) available.advice = "end other programs: functions are killed when memory runs out";
    found.push_back(available);
  }
  const Timestamp now = AdjustableClock().now();
  Checked time{"time", toIso8601(now, false)};
  if (now < kEarliest) time.advice = "set the machine's clock: AWS refuses requests with a wrong time";
  found.push_back(time);
  return found;
}

}  // namespace ddblog::cli
