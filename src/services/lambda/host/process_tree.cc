#include "services/lambda/host/process_tree.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace ddblog::lambda {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostProcesses = 4096;

// Calls `use` with the path of each entry of a directory, until it returns false. False: the
// directory cannot be listed.
template <class Use>
bool forEachEntry(const std::string& directory, const Use& use) {
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
    if (!use(entry->path().string())) return true;
  }
  return !error;
}

// False: there is no /proc, or it is of another PID namespace, where our numbers are other processes'.
bool showsOurs() {
  char number[16] = {};
  return ::readlink("/proc/self", number, sizeof number - 1) > 0 && std::atoi(number) == ::getpid();
}

bool hasEnded(pid_t process) {
  return ::access(("/proc/" + std::to_string(process)).c_str(), F_OK) != 0 && showsOurs();
}

Holds holdsSocket(pid_t process, const std::string& socket) {
  bool found = false;
  const bool is_listed = forEachEntry("/proc/" + std::to_string(process) + "/fd", [&](const std::string& entry) {
    char target[64];
    const ssize_t length = ::readlink(entry.c_str(), target, sizeof target);
    found = length > 0 && std::string_view(target, static_cast<std::size_t>(length)) == socket;
    return !found;
  });
  if (found) return Holds::kYes;
  return is_listed || hasEnded(process) ? Holds::kNo : Holds::kUnknown;
}

}  // namespace

std::optional<std::vector<pid_t>> childrenOf(pid_t process) {
  if (!showsOurs()) return std::nullopt;
  std::vector<pid_t> children;
  bool is_listed = true;
  const bool is_shown = forEachEntry("/proc/" + std::to_string(process) + "/task", [&](const std::string& thread) {
    std::ifstream file(thread + "/children");
    is_listed = file.is_open() || ::access(thread.c_str(), F_OK) != 0;
    for (pid_t child; file >> child;) children.push_back(child);
    return is_listed;
  });
  if ((!is_listed || !is_shown) && !hasEnded(process)) return std::nullopt;
  return children;
}

std::optional<std::vector<pid_t>> processesBelow(pid_t process) {
  auto tree = childrenOf(process);
  for (std::size_t i = 0; tree && i < tree->size() && tree->size() < kMostProcesses; ++i) {
    const auto children = childrenOf((*tree)[i]);
    if (children) tree->insert(tree->end(), children->begin(), children->end());
  }
  return tree;
}

bool handlesSignal(pid_t process, int number) {
  if (!showsOurs()) return false;
  std::ifstream file("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("SigBlk:") && !line.starts_with("SigCgt:")) continue;
    const std::uint64_t signals = std::strtoull(line.c_str() + line.find(':') + 1, nullptr, 16);
    if ((signals >> (number - 1) & 1) != 0) return true;
  }
  return false;
}

Holds treeHoldsSocket(pid_t process, std::uint64_t inode) {
  if (!showsOurs()) return Holds::kUnknown;
  const std::string socket = "socket:[" + std::to_string(inode) + "]";
  Holds result = Holds::kNo;
  std::vector<pid_t> tree{process};
  for (std::size_t i = 0; i < tree.size() && i < kMostProcesses; ++i) {
    const Holds holds = holdsSocket(tree[i], socket);
    if (holds == Holds::kYes) return holds;
    if (holds == Holds::kUnknown) result = holds;
    const auto children = childrenOf(tree[i]);
    if (!children) result = Holds::kUnknown;
    if (children) tree.insert(tree.end(), children->begin(), children->end());
  }
  return result;
}

}  // namespace ddblog::lambda
