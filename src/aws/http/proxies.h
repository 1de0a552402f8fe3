// The proxy for a request, as configured in the environment.
//
// http_proxy or HTTP_PROXY applies to http:// URLs, https_proxy or HTTPS_PROXY to https:// ones,
// all_proxy or ALL_PROXY to both; the lower-case name wins. Values: "http://proxy:3128",
// "http://user:password@proxy:3128" (percent-encoded), "proxy:3128". Only HTTP proxies are
// supported: for a proxy that needs TLS or SOCKS the call fails instead of bypassing it.
//
// no_proxy or NO_PROXY is a list of exceptions, separated by commas or blanks: "example.com" (with
// all its subdomains; also written ".example.com" or "*.example.com"), "10.1.2.3", "10.0.0.0/8",
// "fd00::/8", "host:8443" (only this port), "*" (everything). Loopback and link-local addresses and
// EC2's metadata services never use a proxy.
// Source: https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-proxy.html
//         https://curl.se/docs/manpage.html#--noproxy (CIDR blocks)
//
// Thread safety: a value type, read-only after construction.
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
  std::string authorization;  // for Proxy-Authorization: "Basic …"; empty: none
  std::string variable;       // the variable that names it: "HTTPS_PROXY"

  std::string url() const;  // without the password
};

class Proxies {
 public:
  // No proxies.
  Proxies() = default;
  explicit Proxies(const Environment& environment);

  // The proxy for `endpoint`; std::nullopt: none. Throws NetworkError if the variable's value is
  // not an HTTP proxy.
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

// Whether `pattern`, an entry of NO_PROXY, matches this host (without brackets) and port.
bool matchesNoProxy(std::string_view pattern, const std::string& host, int port);

}  // namespace ddblog::aws
