// Base64 (RFC 4648, with padding).
//
// Thread safety: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ddblog {

std::string toBase64(std::string_view bytes);
// std::nullopt if the text is not base64.
std::optional<std::string> fromBase64(std::string_view text);

}  // namespace ddblog
