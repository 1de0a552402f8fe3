// Which web pages may use the server. A browser sends a page's requests from this machine, so
// listening on loopback alone does not keep pages out.
//
// Pages from this machine (loopback origins) and from this server itself are allowed, others only
// if configured. A page of any other origin can neither read responses nor execute requests, not
// even simple requests, which browsers send without a preflight. Clients other than browsers send
// no Origin and no Sec-Fetch-Site, so they are not affected.
//
// Source: https://fetch.spec.whatwg.org/#http-cors-protocol,
// https://w3c.github.io/webappsec-fetch-metadata/
// Thread safety: immutable.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/request_parser.h"

namespace ddblog::server {

class OriginCheck {
 public:
  // `allowed`: "https://app.example.com", or "*" for every page.
  explicit OriginCheck(std::vector<std::string> allowed) : allowed_(std::move(allowed)) {}

  // Whether the request comes from a page that is not allowed.
  bool isForeign(const RequestHead& head) const;
  // The value of Access-Control-Allow-Origin: "*", the origin itself, or empty if the request has
  // no allowed origin.
  std::string allowOriginHeader(const RequestHead& head) const;

 private:
  bool isConfigured(std::string_view origin) const;

  const std::vector<std::string> allowed_;
};

// Whether a browser sent the request for a page, whatever its origin. Node.js's fetch() sends
// Sec-Fetch-Mode too, so that header says nothing.
bool isFromWebPage(const RequestHead& head);

// Whether an Origin header ("http://localhost:3000") belongs to a page from this machine or from
// this server (`host`: the Host header).
bool isOwnOrigin(std::string_view origin, std::string_view host);

// Whether a Host header ("localhost:8000", "[::1]", absent) can only mean this machine.
bool isLoopbackHostHeader(std::string_view host);

}  // namespace ddblog::server
