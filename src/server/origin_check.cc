#include "server/origin_check.h"

#include <algorithm>

#include "aws/endpoint.h"

namespace ddblog::server {

namespace {

// What may follow a host: nothing, or a colon and digits.
bool isPort(std::string_view text) {
  if (text.empty()) return true;
  return text.front() == ':' && std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool isLoopbackHostHeader(std::string_view host) {
  if (host.empty()) return true;  // HTTP/1.0 and tools; browsers always send one
  const std::size_t end = host.front() == '[' ? host.find(']') + 1 : std::min(host.find(':'), host.size());
  const std::string_view name = host.substr(0, end);
  return isPort(host.substr(end)) && (name == "[::1]" || aws::isLoopbackHost(name));
}

bool isFromWebPage(const RequestHead& head) {
  return head.origin.data() || head.header("sec-fetch-site").data() || head.header("sec-fetch-dest").data();
}

bool isOwnOrigin(std::string_view origin, std::string_view host) {
  const std::size_t scheme = origin.find("://");
  if (scheme == std::string_view::npos) return false;  // "null": a sandboxed page, a file
  const std::string_view authority = origin.substr(scheme + 3);
  return !authority.empty() && (authority == host || isLoopbackHostHeader(authority));
}

bool OriginCheck::isConfigured(std::string_view origin) const {
  return std::any_of(allowed_.begin(), allowed_.end(),
                     [&](const std::string& allowed) { return allowed == "*" || allowed == origin; });
}

bool OriginCheck::isForeign(const RequestHead& head) const {
  if (head.origin.data()) return !isOwnOrigin(head.origin, head.host) && !isConfigured(head.origin);
  // Browsers omit Origin from simple GETs (of an image, for example). Following a link or typing an
  // address is navigation, which no page initiates on its own.
  return head.header("sec-fetch-site") == "cross-site" && head.header("sec-fetch-mode") != "navigate" &&
         !isConfigured("*");
}

std::string OriginCheck::allowOriginHeader(const RequestHead& head) const {
  if (!head.origin.data() || isForeign(head)) return {};
  return isConfigured("*") ? "*" : std::string(head.origin);
}

}  // namespace ddblog::server
