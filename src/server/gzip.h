// gzip (RFC 1952) of request and answer bodies, on zlib.
//
// Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ddblog::server {

enum class GunzipFailure { kMalformed, kTooLarge };

// Inflates `bytes` (one or more gzip members) into `out`, at most `limit` bytes: a small body cannot become a large
// one. Returns why it could not.
std::optional<GunzipFailure> gunzip(std::string_view bytes, std::size_t limit, std::string& out);

// Deflates at the fastest level: between one machine's processes time is dearer than bytes.
std::string gzip(std::string_view bytes);

// The CRC-32 that x-amz-crc32 carries.
std::uint32_t crc32(std::string_view bytes);

}  // namespace ddblog::server
