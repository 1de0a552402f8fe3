// What `dynamodb-log doctor` looks at: whether this machine and this directory can run the offline cloud.
//
// Thread safety: stateless functions, which only look.
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace ddblog::cli {

struct Checked {
  std::string what;         // "port 8000"
  std::string text;         // "is free"
  std::string advice = {};  // what to do about a problem; empty: there is none

  bool isProblem() const { return !advice.empty(); }
};

// Whether a program listens there, on loopback.
bool isPortTaken(int port);
Checked checkPort(int port, bool is_ours);

// A data directory that exists, or can be made: its lock, and the disk.
std::vector<Checked> checkDirectory(const std::filesystem::path& directory);

// A ready file of an earlier run, whose process is gone, or none.
std::vector<Checked> checkReadyFile(const std::filesystem::path& file);

// The interpreters of these runtimes ("nodejs22.x", "python3.13"), and the package that every Python handler needs.
std::vector<Checked> checkInterpreters(const std::set<std::string>& runtimes);

// The machine: open files, memory, time of day.
std::vector<Checked> checkMachine();

}  // namespace ddblog::cli
