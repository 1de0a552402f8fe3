// The map of the one ordered key space: the first byte of every key says whose it is. Rooms add what follows
// themselves.
//
//   byte   owner         keys that follow
//   0x01   store         format version of the whole key space
//   0x10   dynamodb      table catalog
//   0x11   dynamodb      items
//   0x12   dynamodb      index entries
//   0x13   dynamodb      transaction tokens
//   0x14   dynamodb      expiry (TTL) queue
//   0x15   dynamodb      whatever else hangs on a table (tags, policies, backups)
//   0x20   streams       stream descriptions and shards
//   0x21   streams       change records
//   0x30   eventbridge   buses
//   0x31   eventbridge   rules
//   0x32   eventbridge   targets
//   0x35   eventbridge   events on their way to the archive file
//   0x40   lambda        asynchronous invocations: the queue
//   0x41   lambda        asynchronous invocations: due times
//   0x42   lambda        event source mappings and their checkpoints
//   0x43   lambda        functions and their settings
//   0x50   app           what the last template declared
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ddblog {

enum class KeySpace : std::uint8_t {
  kFormat = 0x01,
  kTables = 0x10,
  kItems = 0x11,
  kIndexEntries = 0x12,
  kTransactionTokens = 0x13,
  kExpiry = 0x14,
  kTableExtras = 0x15,
  kStreams = 0x20,
  kChangeRecords = 0x21,
  kBuses = 0x30,
  kRules = 0x31,
  kTargets = 0x32,
  kArchiveQueue = 0x35,
  kInvocations = 0x40,
  kInvocationsDue = 0x41,
  kMappings = 0x42,
  kFunctions = 0x43,
  kApplication = 0x50,
};

// The version of the whole key space, kept under KeySpace::kFormat.
inline constexpr std::string_view kStoreFormat = "1";

// Puts a key together: the key space's byte, then parts whose bytes sort as the parts do.
class KeyBuilder {
 public:
  explicit KeyBuilder(KeySpace space) { key_.push_back(static_cast<char>(space)); }

  // Eight bytes, big-endian.
  KeyBuilder& number(std::uint64_t number);
  // The text's bytes, 0x00 as 0x00 0xFF, closed by 0x00 0x01: self-delimiting, and sorts as the text does.
  KeyBuilder& text(std::string_view text);
  // Bytes as they are (already self-delimiting, or the last part).
  KeyBuilder& bytes(std::string_view bytes);

  const std::string& str() const& { return key_; }
  std::string str() && { return std::move(key_); }

 private:
  std::string key_;
};

// Takes a key apart again, in the same order. Throws std::runtime_error on bytes that KeyBuilder did not write.
class KeyParser {
 public:
  explicit KeyParser(std::string_view key) : rest_(key.substr(1)) {}  // skips the key space's byte
  std::uint64_t number();
  std::string text();
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

// The end of the range of all keys that begin with `prefix` (exclusive).
std::string endOfPrefix(std::string_view prefix);

}  // namespace ddblog
