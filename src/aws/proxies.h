// Which proxy a request goes through, as the environment says it.
//
// http_proxy or HTTP_PROXY is for http:// URLs, https_proxy or HTTPS_PROXY for https:// ones, all_proxy or ALL_PROXY for
// both; the lower-case name wins. Values: "http://proxy:3128", "http://user:password@proxy:3128" (percent-encoded),
// "proxy:3128". Only HTTP proxies are supported: one that is reached by TLS or SOCKS is an error, not a direct call.
//
// no_proxy or NO_PROXY is a list of exceptions, separated by commas or blanks: "example.com" (with all its
// subdomains; also written ".example.com" or "*.example.com"), "10.1.2.3", "10.0.0.0/8", "fd00::/8", "host:8443" (only
// this port), "*" (everything). This machine and what only it can reach (loopback and link-local addresses, the
// metadata services of EC2) are always exceptions.
// Source: https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-proxy.html
//         https://curl.se/docs/manpage.html#--noproxy (CIDR blocks)
//
// Thread safety: a value type, read-only once made.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/environment.h"

namespace ddblog::aws {

struct Endpoint;

struct Proxy {
  std::string host;
  int port = 0;
  std::string authorization;  // of Proxy-Authorization: "Basic …"; empty: none
  std::string variable;       // that names it: "HTTPS_PROXY"

  std::string url() const;  // without the password
};

class Proxies {
 public:
  // None at all.
  Proxies() = default;
  explicit Proxies(const Environment& environment);

  // The proxy on the way to `endpoint`; std::nullopt: none. Throws NetworkError when the variable names no HTTP proxy.
  std::optional<Proxy> find(const Endpoint& endpoint) const;

 private:
  struct Setting {
    std::string variable;
    std::string value;
  };
  static std::optional<Setting> findSetting(const Environment& environment, const std::string& lower_name);

  std::optional<Setting> http_;
  std::optional<Setting> https_;
  std::vector<std::string> exceptions_;
};

// Whether `pattern`, one entry of NO_PROXY, is about this host (no brackets) and port.
bool matchesNoProxy(std::string_view pattern, const std::string& host, int port);

}  // namespace ddblog::aws
