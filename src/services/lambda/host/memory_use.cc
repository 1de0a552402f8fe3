#include "services/lambda/host/memory_use.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string>

#include "services/lambda/host/process_tree.h"

namespace ddblog::lambda {

namespace {

std::string fileOf(pid_t process, const char* name) { return "/proc/" + std::to_string(process) + "/" + name; }

// Bytes that the process uses and that the kernel cannot take back.
std::uint64_t keptBytes(pid_t process) {
  std::ifstream status(fileOf(process, "status"));
  std::uint64_t kept = 0;
  for (std::string line; std::getline(status, line);) {
    unsigned long long kilobytes = 0;
    if (std::sscanf(line.c_str(), "RssAnon: %llu kB", &kilobytes) == 1) kept += kilobytes << 10;
    if (std::sscanf(line.c_str(), "RssShmem: %llu kB", &kilobytes) == 1) return kept + (kilobytes << 10);
  }
  return kept;
}

// The same, with its part of what it shares.
std::uint64_t exactlyKeptBytes(pid_t process) {
  std::ifstream rollup(fileOf(process, "smaps_rollup"));
  std::optional<std::uint64_t> anonymous;
  std::uint64_t shared_memory = 0;
  std::uint64_t lazily_freed = 0;
  for (std::string line; std::getline(rollup, line);) {
    unsigned long long kilobytes = 0;
    if (std::sscanf(line.c_str(), "Pss_Anon: %llu kB", &kilobytes) == 1) anonymous = kilobytes << 10;
    if (std::sscanf(line.c_str(), "Pss_Shmem: %llu kB", &kilobytes) == 1) shared_memory = kilobytes << 10;
    if (std::sscanf(line.c_str(), "LazyFree: %llu kB", &kilobytes) == 1) lazily_freed = kilobytes << 10;
  }
  if (!anonymous) return keptBytes(process);
  return *anonymous - std::min(lazily_freed, *anonymous) + shared_memory;
}

template <class Bytes>
std::optional<std::uint64_t> sumBelow(pid_t reaper, const Bytes& bytes) {
  const auto tree = reaper > 0 ? processesBelow(reaper) : std::nullopt;
  if (!tree || tree->empty()) return std::nullopt;
  std::uint64_t sum = 0;
  for (const pid_t process : *tree) sum += bytes(process);
  return sum;
}

}  // namespace

std::optional<std::uint64_t> memoryInUse(pid_t reaper) { return sumBelow(reaper, keptBytes); }

std::optional<std::uint64_t> exactMemoryInUse(pid_t reaper) { return sumBelow(reaper, exactlyKeptBytes); }

std::optional<int> peakMemory(pid_t reaper) {
  const auto children = reaper > 0 ? childrenOf(reaper) : std::nullopt;
  if (!children) return std::nullopt;
  std::optional<int> most;
  for (const pid_t child : *children) {  // the function's process, and what it has left behind
    std::ifstream status(fileOf(child, "status"));
    for (std::string line; std::getline(status, line);) {
      int kilobytes = 0;
      if (std::sscanf(line.c_str(), "VmHWM: %d kB", &kilobytes) != 1) continue;
      most = std::max(most.value_or(0), (kilobytes + 1023) / 1024);
      break;
    }
  }
  return most;
}

}  // namespace ddblog::lambda
