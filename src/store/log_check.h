// Checks RocksDB's log files against each other and against the commit mark, before RocksDB opens
// them: RocksDB would start silently without the commits behind a damaged place, and then delete the
// files.
//
// A log that a crash cut off is sound: what is missing was never acknowledged. Damage is
// - the sound beginning of a record behind an unreadable place (log_file.h);
// - a gap in the numbers of the writes, within a log or between two;
// - a log that ends before the commits that the mark says it held;
// - a log that is missing although the mark lists it.
//
// Thread safety: stateless functions; nobody else may have the directory open.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/commit_mark.h"

namespace ddblog {

struct LogDamage {
  std::filesystem::path file;
  std::string what;                // "is damaged at byte 1234", "is missing"
  std::uint64_t lost_commits = 0;  // those behind it, as far as the mark knows; 0: unknown
  std::uint64_t sound_bytes = 0;   // of the file
  // "…/000012.log is damaged at byte 1234: 2207 commits are lost"
  std::string text() const;
};

struct LogCheck {
  std::optional<LogDamage> damage;
  // Up to the damage, if any:
  std::uint64_t sequence = 0;  // of the last write in the logs or in the mark; 0: unknown
  std::uint64_t commits = 0;
  std::vector<CommitMark::Log> logs;  // those that hold commits
  // What is behind the last commit that the mark knows. After a failed fsync it may be in the
  // system's memory only, although another fsync succeeds.
  struct Tail {
    std::filesystem::path file;
    std::uint64_t begin = 0;
  };
  std::vector<Tail> unknown;
  bool is_unchecked = false;  // the machine was restarted, and nothing had been synced: the logs may be in any state
};

// `store`: RocksDB's folder, which may be missing. `mark`: std::nullopt: there is none that can be
// read. Throws std::runtime_error (a file cannot be read).
LogCheck checkLogs(const std::filesystem::path& store, const std::optional<CommitMark>& mark);

// Why RocksDB would not find all tables: its MANIFEST ends before what the mark says was synced. One
// line; empty: nothing is known.
std::string manifestDamage(const std::filesystem::path& store, const std::optional<CommitMark>& mark);

// Makes the damaged log end at its last sound place, and puts aside what is behind: the damaged file
// and all later logs are kept under other names ("….log.damaged"); nothing is deleted. After a crash at
// any moment it can be repeated. Returns what it did, a line per file.
std::vector<std::string> cutLogs(const std::filesystem::path& store, const LogDamage& damage);

}  // namespace ddblog
