// A snapshot: the whole state of an offline cloud (the store, and the archive's events) in one
// file.
//
//   "dynamodb-log snapshot 1\n"      identifies the file and the format's version
//   blocks:
//     byte 0        kind: 'I' information, 'S' entries of the store, 'A' events of the archive,
//                   'K' archives of the API, 'E' end
//     bytes 1…4     how many bytes follow the header, little-endian
//     bytes 5…36    SHA-256 of: the previous block's SHA-256 (for the first block, that of the
//                   first line), bytes 0…4, the rest of the block
//     the rest      gzip of the block's content
//
//   'I'  the first block: a JSON object (SnapshotInfo)
//   'S'  key, value, key, value … as fields (fields.h), in key order; all before the first 'A'
//   'A'  createdAt, log, type, event, eventId of each event, as fields
//   'K'  what the archives of EventBridge's API keep, after the last 'A': createdAt, log, type, event
//        (empty: an 'A' has it), eventId, the archive's id
//   'E'  the last block, at the end of the file: empty
//
// The hashes form a chain, so a changed byte and a missing, moved or truncated block are all
// detected. Rejected: copying RocksDB's files (a checkpoint). They depend on its version and
// options, an in-memory store has none, and damage in half of them would go unnoticed.
//
// A file is written beside its destination (FILE.partial), synced, and renamed. Memory: one block.
// Errors: SnapshotUnusable says what is wrong with a file that is read; std::runtime_error for
// errors of the operating system. Thread safety: none.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace ddblog::snapshots {

// Not a snapshot, one of another version, or a damaged one: one line that names the file.
class SnapshotUnusable : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

enum class BlockKind : char { kInfo = 'I', kStore = 'S', kArchive = 'A', kKept = 'K', kEnd = 'E' };

inline constexpr std::size_t kBlockBytes = 1u << 20;  // a block is closed when its content reaches this
inline constexpr std::size_t kLargestBlockBytes = 128u
                                                  << 20;  // longer blocks are rejected; an entry has a few MB at most

struct SnapshotInfo {
  std::string saved_at;  // "2026-11-22T09:00:00.000Z", by the cloud's clock
  std::uint64_t tables = 0;
  std::uint64_t items = 0;
  std::uint64_t events = 0;  // archived ones

  std::string toJson() const;
  static SnapshotInfo fromJson(std::string_view text);  // throws std::invalid_argument
};

class SnapshotWriter {
 public:
  // finish() replaces an existing file.
  SnapshotWriter(const std::filesystem::path& file, const SnapshotInfo& info);
  // Removes an unfinished file.
  ~SnapshotWriter() = default;
  SnapshotWriter(const SnapshotWriter&) = delete;

  // `content` is already compressed (gzip).
  void add(BlockKind kind, std::string_view content);
  void finish();
  std::uint64_t bytes() const { return bytes_; }  // written so far

 private:
  // The file under its temporary name. The destructor closes it, and removes it unless it was
  // renamed: also if the disk is full before the constructor of the writer ends.
  struct Partial {
    ~Partial();
    std::filesystem::path path;
    int descriptor = -1;
  };

  void write(std::string_view bytes);
  [[noreturn]] void fail(int error);

  const std::filesystem::path file_;
  Partial partial_;
  std::string chain_;
  std::uint64_t bytes_ = 0;
};

// Called with the number of bytes read since the last call.
using Advance = std::function<void(std::uint64_t bytes)>;

class SnapshotReader {
 public:
  explicit SnapshotReader(const std::filesystem::path& file) : SnapshotReader(file, file.string()) {}
  // `name`: the file's name in error messages.
  SnapshotReader(const std::filesystem::path& file, std::string name);

  const SnapshotInfo& info() const { return info_; }
  // Reads and verifies the next block of the store or the archive and decompresses its content.
  // False at the end of a complete file.
  bool next(BlockKind& kind, std::string& content);
  std::uint64_t bytes() const { return bytes_; }  // read so far
  // Throws SnapshotUnusable for an error in a block's content.
  [[noreturn]] void reportDamage(const std::string& what) const;

 private:
  void readHead();
  BlockKind readBlock(std::string& content);
  std::string read(std::size_t count);

  const std::string name_;
  std::ifstream in_;
  SnapshotInfo info_;
  std::string chain_;
  std::uint64_t bytes_ = 0;
};

}  // namespace ddblog::snapshots
