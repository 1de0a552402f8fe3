// FNV-1a, a fast hash of bytes: to spread keys and to tell values apart, never against an attacker.
// Source: https://datatracker.ietf.org/doc/html/draft-eastlake-fnv
//
// Thread safety: a stateless function.
#pragma once

#include <cstdint>
#include <string_view>

namespace ddblog {

inline constexpr std::uint64_t kFnvBasis = 0xcbf29ce484222325;

// `hash`: the hash of the bytes before these.
constexpr std::uint64_t fnv1a(std::string_view bytes, std::uint64_t hash = kFnvBasis) {
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  return hash;
}

}  // namespace ddblog
