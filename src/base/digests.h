// Digests of bytes, computed by OpenSSL.
//
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace ddblog {

std::string sha256(std::string_view bytes);     // 32 bytes
std::string sha256Hex(std::string_view bytes);  // 64 digits, lower case
std::string toHex(std::string_view bytes);      // lower case

// MD5, piece by piece, for formats that require it. It detects accidental damage only.
class Md5 {
 public:
  Md5();
  ~Md5();
  Md5(const Md5&) = delete;

  void add(std::string_view bytes);
  std::string finish();  // 16 bytes; no add() after this

 private:
  void* context_;  // OpenSSL's EVP_MD_CTX
};

}  // namespace ddblog
