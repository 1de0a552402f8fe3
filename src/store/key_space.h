// The one ordered key space: the first byte of every key says whose it is. Each service has its own
// bytes and lists them in its folder (key_spaces.h); what follows the byte is the service's
// business.
//
//   bytes        owner        listed in
//   0x01         store        here: the format version of the whole key space
//   0x10 - 0x1F  dynamodb     services/dynamodb/core/key_spaces.h
//   0x20 - 0x2F  streams      services/dynamodb/core/key_spaces.h (written with the items)
//   0x30 - 0x3F  eventbridge  services/eventbridge/bus/key_spaces.h, archive/key_spaces.h
//   0x40 - 0x4F  lambda       services/lambda/functions/key_spaces.h
//   0x50 - 0x5F  offline      deploy/local/key_spaces.h
//
// A new service takes the next sixteen. tests/house_rules.py refuses a byte that is given twice and
// one that nothing uses.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ddblog {

// A service adds its own: inline constexpr KeySpace kItems{0x11};
enum class KeySpace : std::uint8_t { kFormat = 0x01 };

// The version of the whole key space, kept under KeySpace::kFormat.
inline constexpr std::string_view kStoreFormat = "1";

// Puts a key together: the key space's byte, then parts whose bytes sort as the parts do.
class KeyBuilder {
 public:
  explicit KeyBuilder(KeySpace space) {
    key_.reserve(kUsualBytes);
    key_.push_back(static_cast<char>(space));
  }

  // Eight bytes, big-endian.
  KeyBuilder& number(std::uint64_t number);
  // The text's bytes, 0x00 as 0x00 0xFF, closed by 0x00 0x01: self-delimiting, and sorts as the
  // text does.
  KeyBuilder& text(std::string_view text);
  // Bytes as they are (already self-delimiting, or the last part).
  KeyBuilder& bytes(std::string_view bytes);

  const std::string& str() const& { return key_; }
  std::string str() && { return std::move(key_); }

 private:
  static constexpr std::size_t kUsualBytes = 80;

  std::string key_;
};

// Takes a key apart again, in the same order. Throws std::runtime_error on bytes that KeyBuilder
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
