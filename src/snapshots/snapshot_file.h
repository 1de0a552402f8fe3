// A snapshot: the whole state of an offline cloud (the store, and the archive's events) in one file.
//
//   "dynamodb-log snapshot 1\n"      what this is, and the format's version
//   blocks:
//     byte 0        kind: 'I' what is in it, 'S' entries of the store, 'A' events of the archive, 'E' the end
//     bytes 1…4     how many bytes follow the header, little-endian
//     bytes 5…36    SHA-256 of the block before (of the first line, for the first), of bytes 0…4, and of what follows
//     what follows  gzip of the block's content
//
//   'I'  the first block: a JSON object (SnapshotInfo)
//   'S'  key, value, key, value … as fields (fields.h), in the order of the keys; all of them before the first 'A'
//   'A'  createdAt, log, type, event, eventId of each event, as fields
//   'E'  the last block, and the file's last bytes: empty
//
// The hashes are a chain, so a byte that changed and a block that is missing, moved or cut off are all found out.
// Rejected: copying RocksDB's files (a checkpoint): they are tied to its version and options, an in-memory store has
// none, and half of them would be damaged without anybody's seeing it.
//
// A file is written beside its place (FILE.partial) and moved there when it is whole and on the disk. Memory: a block.
// Errors: SnapshotUnusable says what is wrong with a file that is read; std::runtime_error what the operating system
// refuses. Thread safety: none.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace ddblog::snapshots {

// No snapshot, one of another version, or a damaged one: one line that names the file.
class SnapshotUnusable : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

enum class BlockKind : char { kInfo = 'I', kStore = 'S', kArchive = 'A', kEnd = 'E' };

inline constexpr std::size_t kBlockBytes = 1u << 20;           // a block's content ends when it has as many
inline constexpr std::size_t kLargestBlockBytes = 128u << 20;  // no block is larger: an entry is at most some MB

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
  // Replaces a file that is there, once it is finished.
  SnapshotWriter(const std::filesystem::path& file, const SnapshotInfo& info);
  ~SnapshotWriter();  // what is not finished is removed
  SnapshotWriter(const SnapshotWriter&) = delete;

  // `content` is gzip already.
  void add(BlockKind kind, std::string_view content);
  void finish();
  std::uint64_t bytes() const { return bytes_; }  // written so far

 private:
  void write(std::string_view bytes);
  [[noreturn]] void fail(int error);

  const std::filesystem::path file_;
  const std::filesystem::path partial_;
  int descriptor_ = -1;
  std::string chain_;
  std::uint64_t bytes_ = 0;
};

// Is told how many more bytes of a file were read.
using Advance = std::function<void(std::uint64_t bytes)>;

class SnapshotReader {
 public:
  explicit SnapshotReader(const std::filesystem::path& file) : SnapshotReader(file, file.string()) {}
  // `name`: what the file is called in refusals.
  SnapshotReader(const std::filesystem::path& file, std::string name);

  const SnapshotInfo& info() const { return info_; }
  // The next block of the store or the archive, checked; its content is inflated. False: the end, and the file is
  // whole.
  bool next(BlockKind& kind, std::string& content);
  std::uint64_t bytes() const { return bytes_; }  // of the file that were read so far
  // The same words for what is wrong with a block's content.
  [[noreturn]] void refuse(const std::string& what) const;

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
