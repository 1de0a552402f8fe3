// OpenSSL's functions for one algorithm are deprecated. Its general ones cost half as much again for
// a short text, and a system's policy can forbid them MD5.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "base/digests.h"

#include <openssl/evp.h>
#include <openssl/md5.h>

#include <stdexcept>

namespace ddblog {

namespace {

// Fetching the algorithm by name at each call would cost more than a short hash.
const EVP_MD* sha256Algorithm() {
  static const EVP_MD* const kDigest = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return kDigest;
}

template <class Bytes>
MD5_CTX* contextOf(Bytes& bytes) {
  static_assert(sizeof(MD5_CTX) <= sizeof(Bytes));
  return reinterpret_cast<MD5_CTX*>(bytes.data());
}

}  // namespace

std::string sha256(std::string_view bytes) {
  std::string out(32, '\0');
  if (!EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(out.data()), nullptr, sha256Algorithm(),
                  nullptr)) {
    throw std::runtime_error("OpenSSL cannot compute a SHA-256");
  }
  return out;
}

std::string toHex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const unsigned char byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string sha256Hex(std::string_view bytes) { return toHex(sha256(bytes)); }

Md5::Md5() { MD5_Init(contextOf(context_)); }

void Md5::add(std::string_view bytes) { MD5_Update(contextOf(context_), bytes.data(), bytes.size()); }

Md5::Digest Md5::finish() {
  Digest digest;
  MD5_Final(reinterpret_cast<unsigned char*>(digest.data()), contextOf(context_));
  return digest;
}

}  // namespace ddblog
