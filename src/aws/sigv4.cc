#include "aws/sigv4.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <stdexcept>

#include "base/digests.h"
#include "base/text.h"

namespace ddblog::aws {

namespace {

constexpr std::size_t kKeptKeys = 64;
constexpr char kUpperHex[] = "0123456789ABCDEF";

// Cached, because fetching the algorithm by name at each call would cost more than a short hash.
const EVP_MD* sha256() {
  static const EVP_MD* const kDigest = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return kDigest;
}

std::string hmac(std::string_view key, std::string_view message) {
  std::string out(32, '\0');
  unsigned int size = 0;
  if (!HMAC(sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(message.data()),
            message.size(), reinterpret_cast<unsigned char*>(out.data()), &size)) {
    throw std::runtime_error("OpenSSL cannot compute an HMAC");
  }
  return out;
}

bool isUnreserved(unsigned char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

// Removes empty, "." and ".." segments; a trailing slash stays.
std::string normalise(std::string_view path) {
  std::vector<std::string_view> kept;
  bool slash_at_end = true;
  for (std::size_t start = 0; start < path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    const std::string_view segment = path.substr(start, end - start);
    slash_at_end = end < path.size();
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
      slash_at_end = true;
    } else if (segment == ".") {
      slash_at_end = true;
    } else if (!segment.empty()) {
      kept.push_back(segment);
    }
    start = end + 1;
  }
  std::string out;
  for (const auto segment : kept) out.append("/").append(segment);
  if (slash_at_end || out.empty()) out += '/';
  return out;
}

std::string canonicalQuery(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view parameter = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (parameter.empty()) continue;
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    std::string name = percentDecode(parameter.substr(0, equals));
    if (name == "X-Amz-Signature") continue;
    const auto value = equals < parameter.size() ? parameter.substr(equals + 1) : std::string_view();
    parameters.emplace_back(percentEncode(name), percentEncode(percentDecode(value)));
  }
  std::sort(parameters.begin(), parameters.end());
  std::string out;
  for (const auto& [name, value] : parameters) {
    if (!out.empty()) out += '&';
    out.append(name).append("=").append(value);
  }
  return out;
}

// Trims the value and collapses repeated blanks.
void appendTrimmed(std::string& out, std::string_view value) {
  bool blank = false;
  const std::size_t start = out.size();
  for (const char c : value) {
    if (c == ' ' || c == '\t') {
      blank = true;
      continue;
    }
    if (blank && out.size() > start) out += ' ';
    blank = false;
    out += c;
  }
}

}  // namespace

Canonical canonicalise(const CanonicalInput& input) {
  std::map<std::string, std::string> headers;
  for (const auto& [name, value] : input.headers) {
    const auto [header, is_new] = headers.try_emplace(lowerCase(name));
    if (!is_new) header->second += ',';
    appendTrimmed(header->second, value);
  }
  Canonical canonical;
  std::string& out = canonical.request;
  out.reserve(512);
  out.append(input.method).append("\n");
  out.append(input.path_form == PathForm::kAsSent ? percentEncode(percentDecode(input.path), true)
                                                  : percentEncode(normalise(input.path), true));
  out.append("\n").append(canonicalQuery(input.query)).append("\n");
  for (const auto& [name, value] : headers) {
    out.append(name).append(":").append(value).append("\n");
    if (!canonical.signed_headers.empty()) canonical.signed_headers += ';';
    canonical.signed_headers += name;
  }
  out.append("\n").append(canonical.signed_headers).append("\n").append(input.payload_hash);
  return canonical;
}

std::string stringToSign(std::string_view amz_date, const Scope& scope, std::string_view canonical_request) {
  std::string out = "AWS4-HMAC-SHA256\n";
  out.append(amz_date).append("\n").append(scope.text()).append("\n").append(sha256Hex(canonical_request));
  return out;
}

std::string SigningKeys::key(const std::string& secret, const Scope& scope) {
  const std::string name = scope.text() + '\n' + secret;
  MutexLock lock(mutex_);
  if (const auto found = kept_.find(name); found != kept_.end()) return found->second;
  if (kept_.size() >= kKeptKeys) kept_.clear();
  std::string key = hmac("AWS4" + secret, scope.date);
  key = hmac(key, scope.region);
  key = hmac(key, scope.service);
  key = hmac(key, "aws4_request");
  kept_.emplace(name, key);
  return key;
}

std::string signature(std::string_view key, std::string_view string_to_sign) {
  return toHex(hmac(key, string_to_sign));
}

std::string amzDate(Timestamp time) {
  std::string text = toIso8601(time, false);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

std::string percentEncode(std::string_view text, bool keep_slash) {
  std::string out;
  out.reserve(text.size());
  for (const unsigned char c : text) {
    if (isUnreserved(c) || (keep_slash && c == '/')) {
      out += static_cast<char>(c);
    } else {
      out += '%';
      out += kUpperHex[c >> 4];
      out += kUpperHex[c & 15];
    }
  }
  return out;
}

bool sameSignature(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace ddblog::aws
