// The log files of RocksDB: their names, and a reader without RocksDB, to tell a log that a crash cut
// off from one that is damaged. RocksDB itself starts silently at the last record before either.
//
// The file is blocks of 32 KiB. A record is one fragment, or several in a row; none crosses a block:
//
//   CRC-32C of type and data, masked (4)  length (2)  type (1)  data       all numbers little-endian
//   type: 1 the whole record, 2 its first fragment, 3 a middle one, 4 the last one; 0: filled ahead (wal_files.h)
//
// A record's data is a batch: sequence number of its first write (8), number of writes (4), writes.
// Each commit is one record. Source: https://github.com/facebook/rocksdb/wiki/Write-Ahead-Log-File-Format
//
// A crash leaves at most one record that is not complete, because each commit ends with an
// fdatasync: so a sound beginning of a record behind an unreadable place proves that the place was
// readable once.
//
// Memory: one block. Errors: std::runtime_error (the file cannot be read). Thread safety: stateless
// functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace ddblog {

inline constexpr std::size_t kMostLogBytes = std::size_t{1} << 32;  // ours: of one file; usually it has some dozen MiB

// "…/000012.log"
std::filesystem::path logPath(const std::filesystem::path& store, std::uint64_t number);
// The number in the name of a log file; 0: the name is not that of a log.
std::uint64_t logNumberOf(const std::string& path);

struct LogFileContent {
  std::uint64_t first_sequence = 0;  // of the sound records' writes; 0: there are none
  std::uint64_t last_sequence = 0;
  std::uint64_t commits = 0;      // sound records that hold writes
  std::uint64_t sound_bytes = 0;  // up to the end of the last one
  std::uint64_t known_bytes = 0;  // up to the end of the last one that is known to be on the disk
  bool is_cut = false;            // there is something else than zeros behind them
  bool is_damaged = false;        // there is the sound beginning of a later record behind them
};

// The bytes up to the first place without a sound fragment, of a file in this format that holds no
// batches: a MANIFEST.
std::uint64_t soundBytes(const std::filesystem::path& path);

// `known_sequence`: up to this write, what the file holds is known to be on the disk.
LogFileContent readLogFile(const std::filesystem::path& path, std::uint64_t known_sequence = 0);

}  // namespace ddblog
