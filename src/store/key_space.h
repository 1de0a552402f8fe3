// The one ordered key space. The first byte of every key identifies its owner. Each service has its
// own range of bytes and lists them in its folder (key_spaces.h); the rest of the key is the
// service's business.
//
//   bytes        owner        listed in
//   0x01         store        here: the format version of the whole key space
//   0x10 - 0x1F  dynamodb     services/dynamodb/core/key_spaces.h
//   0x20 - 0x2F  streams      services/dynamodb/core/key_spaces.h (written with the items)
//   0x30 - 0x3F  eventbridge  services/eventbridge/bus/key_spaces.h, archive/key_spaces.h
//   0x40 - 0x4F  lambda       services/lambda/functions/key_spaces.h
//   0x50 - 0x5F  offline      deploy/local/key_spaces.h, offline/key_spaces.h, offline/failures/key_spaces.h
//   0x60 - 0x6F  sqs          services/sqs/queues/key_spaces.h
//   0x70 - 0x7F  scheduler    services/scheduler/schedules/key_spaces.h
//
// A new service takes the next sixteen bytes. tests/house_rules.py rejects a byte that is assigned
// twice and one that nothing uses.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ddblog {

// A service defines its own: inline constexpr KeySpace kItems{0x11};
enum class KeySpace : std::uint8_t { kFormat = 0x01 };

// The format version of the whole key space, stored under KeySpace::kFormat.
inline constexpr std::string_view kStoreFormat = "2";

// Builds a key: the key space's byte, then parts whose bytes sort as the parts do.
class KeyBuilder {
 public:
  explicit KeyBuilder(KeySpace space) {
    key_.reserve(kUsualBytes);
    key_.push_back(static_cast<char>(space));
  }

  // Eight bytes, big-endian.
  KeyBuilder& number(std::uint64_t number);
  // The string's bytes, with 0x00 as 0x00 0xFF, terminated by 0x00 0x01: self-delimiting, and sorts
  // as the string does.
  KeyBuilder& text(std::string_view text);
  // Bytes as they are (self-delimiting already, or the last part).
  KeyBuilder& bytes(std::string_view bytes);

  const std::string& str() const& { return key_; }
  std::string str() && { return std::move(key_); }

 private:
  static constexpr std::size_t kUsualBytes = 80;

  std::string key_;
};

// Parses a key, part by part in the same order. Throws std::runtime_error on bytes that KeyBuilder
// did not write.
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
