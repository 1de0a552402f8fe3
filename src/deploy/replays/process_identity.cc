#include "deploy/replays/process_identity.h"

#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>

namespace ddblog::replays {
namespace {

constexpr int kStartField = 22;  // of /proc/PID/stat

std::string lineOf(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

// "BOOT/NAMESPACE"; empty: the machine does not say it.
std::string ownMachine() {
  const std::string boot = lineOf("/proc/sys/kernel/random/boot_id");
  std::array<char, 64> link{};
  const ssize_t size = ::readlink("/proc/self/ns/pid", link.data(), link.size());  // "pid:[4026531836]"
  std::string space;
  for (ssize_t i = 0; i < size; ++i) {
    const char c = link[static_cast<std::size_t>(i)];
    if (c >= '0' && c <= '9') space += c;
  }
  return boot.empty() || space.empty() ? std::string() : boot + "/" + space;
}

// Empty: there is no such process.
std::string startOf(const std::string& pid) {
  const std::string line = lineOf("/proc/" + pid + "/stat");
  const std::size_t name_end = line.rfind(')');  // the program's name may hold anything
  if (name_end == std::string::npos) return {};
  std::istringstream fields(line.substr(name_end + 1));
  std::string field;
  for (int number = 3; number <= kStartField && fields >> field; ++number) {
    if (number == 3 && field == "Z") return {};  // it has ended, and nobody has asked how
  }
  return field;
}

}  // namespace

std::string ownIdentity() {
  const std::string machine = ownMachine(), pid = std::to_string(::getpid());
  return machine.empty() ? "unknown" : machine + "/" + pid + "/" + startOf(pid);
}

ProcessState stateOf(std::string_view identity) {
  const std::size_t start = identity.rfind('/');
  const std::size_t pid = start == std::string_view::npos || start == 0 ? start : identity.rfind('/', start - 1);
  if (pid == std::string_view::npos || pid == 0) return ProcessState::kUnknown;
  if (identity.substr(0, pid) != ownMachine()) return ProcessState::kUnknown;
  const std::string number(identity.substr(pid + 1, start - pid - 1));
  if (number.empty() || number.find_first_not_of("0123456789") != std::string::npos) return ProcessState::kUnknown;
  return startOf(number) == identity.substr(start + 1) ? ProcessState::kRuns : ProcessState::kEnded;
}

}  // namespace ddblog::replays
