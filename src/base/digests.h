// Digests of bytes, computed by OpenSSL.
//
// Thread safety: pure functions; an Md5 belongs to one thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace ddblog {

std::string sha256(std::string_view bytes);     // 32 bytes
std::string sha256Hex(std::string_view bytes);  // 64 digits, lower case
std::string toHex(std::string_view bytes);      // lower case

// MD5, piece by piece, for formats that require it. It detects accidental damage only. It allocates
// nothing: DynamoDB's order of partitions needs one for each key.
class Md5 {
 public:
  static constexpr std::size_t kBytes = 16;
  using Digest = std::array<char, kBytes>;

  Md5();

  void add(std::string_view bytes);
  Digest finish();  // no add() after this

 private:
  static constexpr std::size_t kContextBytes = 96;
  alignas(std::max_align_t) std::array<std::byte, kContextBytes> context_;  // OpenSSL's MD5_CTX
};

inline std::string_view bytesOf(const Md5::Digest& digest) { return {digest.data(), digest.size()}; }

}  // namespace ddblog
