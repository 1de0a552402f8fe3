#include "base/digests.h"

#include <openssl/evp.h>

#include <stdexcept>

namespace ddblog {

namespace {

// Fetching the algorithm by name at each call would cost more than a short hash.
const EVP_MD* sha256Algorithm() {
  static const EVP_MD* const kDigest = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return kDigest;
}

EVP_MD_CTX* contextOf(void* context) { return static_cast<EVP_MD_CTX*>(context); }

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

Md5::Md5() : context_(EVP_MD_CTX_new()) {
  if (!context_ || !EVP_DigestInit_ex(contextOf(context_), EVP_md5(), nullptr)) {
    EVP_MD_CTX_free(contextOf(context_));
    throw std::runtime_error("OpenSSL cannot compute an MD5");
  }
}

Md5::~Md5() { EVP_MD_CTX_free(contextOf(context_)); }

void Md5::add(std::string_view bytes) {
  if (!EVP_DigestUpdate(contextOf(context_), bytes.data(), bytes.size())) {
    throw std::runtime_error("OpenSSL cannot compute an MD5");
  }
}

std::string Md5::finish() {
  std::string out(16, '\0');
  if (!EVP_DigestFinal_ex(contextOf(context_), reinterpret_cast<unsigned char*>(out.data()), nullptr)) {
    throw std::runtime_error("OpenSSL cannot compute an MD5");
  }
  return out;
}

}  // namespace ddblog
