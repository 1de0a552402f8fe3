// What a zip archive needs, unpacked, as its central directory says.
// Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.12 and 4.3.16
//
// Thread safety: a function without state.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ddblog::deploy {

// std::nullopt: this is no archive. A file of 4 GB or more counts as 4 GB.
std::optional<std::uint64_t> unzippedBytes(std::string_view archive);

}  // namespace ddblog::deploy
