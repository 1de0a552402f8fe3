// Byte strings in sequence, each preceded by its length (four bytes, little-endian): the encoding
// of keys, values and strings in a snapshot file.
//
// Thread safety: none; each belongs to one thread.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace ddblog::snapshots {

inline void appendLength(std::string& out, std::size_t length) {
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(length >> shift);
}

inline void appendField(std::string& out, std::string_view bytes) {
  appendLength(out, bytes.size());
  out += bytes;
}

inline std::size_t readLength(std::string_view four_bytes) {
  std::size_t length = 0;
  for (int i = 3; i >= 0; --i) length = length << 8 | static_cast<unsigned char>(four_bytes[i]);
  return length;
}

// Reads the fields. Throws std::runtime_error for bytes that appendField did not write.
class FieldReader {
 public:
  explicit FieldReader(std::string_view bytes) : rest_(bytes) {}
  bool isAtEnd() const { return rest_.empty(); }
  std::string_view next() {
    const std::size_t length = rest_.size() < 4 ? rest_.size() : readLength(rest_);
    if (length + 4 > rest_.size()) throw std::runtime_error("a field is cut off");
    const std::string_view field = rest_.substr(4, length);
    rest_.remove_prefix(4 + length);
    return field;
  }

 private:
  std::string_view rest_;
};

}  // namespace ddblog::snapshots
