#include "aws/http/proxies.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <stdexcept>

#include "aws/endpoint.h"
#include "aws/http/network_error.h"
#include "base/base64.h"
#include "base/text.h"

namespace ddblog::aws {

namespace {

constexpr std::array<const char*, 4> kLocalNetworks = {"169.254.0.0/16", "fe80::/10", "fd00:ec2::/32", "::1"};

// The bytes of an IP address, 4 or 16; empty if it is not one.
std::string addressBytes(const std::string& text) {
  std::array<char, 16> bytes{};
  if (::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return {bytes.data(), 4};
  if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return {bytes.data(), 16};
  return {};
}

std::optional<int> toNumber(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool isInNetwork(const std::string& address, std::string_view network) {
  const std::size_t slash = network.find('/');
  const std::string base = addressBytes(std::string(network.substr(0, slash)));
  if (base.empty() || base.size() != address.size()) return false;
  const int all_bits = static_cast<int>(base.size()) * 8;
  const auto bits = slash == std::string_view::npos ? all_bits : toNumber(network.substr(slash + 1));
  if (!bits || *bits < 0 || *bits > all_bits) return false;
  for (int bit = 0; bit < *bits; ++bit) {
    const int difference = base[static_cast<std::size_t>(bit / 8)] ^ address[static_cast<std::size_t>(bit / 8)];
    if (difference & (0x80 >> (bit % 8))) return false;
  }
  return true;
}

// Removes the port from "host:8443" or "[::1]:8443". False: the pattern is for another port.
bool takePort(std::string_view& pattern, int port) {
  const std::size_t colon = pattern.rfind(':');
  const bool has_port = colon != std::string_view::npos && (pattern.find(':') == colon || pattern[colon - 1] == ']');
  if (has_port) {
    if (toNumber(pattern.substr(colon + 1)) != port) return false;
    pattern = pattern.substr(0, colon);
  }
  if (pattern.starts_with('[') && pattern.ends_with(']')) pattern = pattern.substr(1, pattern.size() - 2);
  return true;
}

Proxy parseProxy(const std::string& variable, std::string_view value) {
  const NetworkError invalid(NetworkError::Kind::kConnect,
                             variable + " does not name an HTTP proxy, as in http://USER:PASSWORD@HOST:PORT");
  if (const std::size_t scheme_end = value.find("://"); scheme_end != std::string_view::npos) {
    if (lowerCase(value.substr(0, scheme_end)) != "http") throw invalid;
    value.remove_prefix(scheme_end + 3);
  }
  Proxy proxy;
  proxy.variable = variable;
  if (const std::size_t at = value.rfind('@'); at != std::string_view::npos) {
    std::string user = percentDecode(value.substr(0, at));
    if (user.find(':') == std::string::npos) user += ':';
    proxy.authorization = "Basic " + toBase64(user);
    value.remove_prefix(at + 1);
  }
  try {
    const Endpoint endpoint = parseEndpoint("http://" + std::string(value));
    proxy.host = endpoint.host;
    proxy.port = endpoint.port;
  } catch (const std::invalid_argument&) {
    throw invalid;
  }
  return proxy;
}

}  // namespace

bool matchesNoProxy(std::string_view pattern, const std::string& host, int port) {
  if (pattern == "*") return true;
  if (pattern.empty() || !takePort(pattern, port)) return false;
  if (const std::string address = addressBytes(host); !address.empty()) return isInNetwork(address, pattern);
  if (pattern.starts_with('*')) pattern.remove_prefix(1);
  if (pattern.starts_with('.')) pattern.remove_prefix(1);
  if (pattern.empty()) return false;
  const std::string name = lowerCase(host);
  const std::string suffix = lowerCase(pattern);
  return name == suffix || name.ends_with('.' + suffix);
}

std::string Proxy::url() const { return Endpoint{"http", host, port, "", ""}.url(); }

std::optional<Proxies::Setting> Proxies::findSetting(const Environment& environment, const std::string& lower_name) {
  std::string upper_name = lower_name;
  for (char& c : upper_name) c = c == '_' ? c : static_cast<char>(c - 'a' + 'A');
  for (const std::string& name : {lower_name, upper_name}) {
    if (auto value = environment(name)) return Setting{name, *value};
  }
  return std::nullopt;
}

Proxies::Proxies(const Environment& environment)
    : http_(findSetting(environment, "http_proxy")), https_(findSetting(environment, "https_proxy")) {
  const auto all = findSetting(environment, "all_proxy");
  if (!http_) http_ = all;
  if (!https_) https_ = all;
  const auto exceptions = findSetting(environment, "no_proxy");
  std::string_view rest = exceptions ? std::string_view(exceptions->value) : std::string_view();
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find_first_of(", \t"), rest.size());
    if (end > 0) exceptions_.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

std::optional<Proxy> Proxies::find(const Endpoint& endpoint) const {
  const auto& setting = endpoint.scheme == "https" ? https_ : http_;
  if (!setting || endpoint.isLoopback()) return std::nullopt;
  for (const char* network : kLocalNetworks) {
    if (isInNetwork(addressBytes(endpoint.host), network)) return std::nullopt;
  }
  for (const std::string& pattern : exceptions_) {
    if (matchesNoProxy(pattern, endpoint.host, endpoint.port)) return std::nullopt;
  }
  return parseProxy(setting->variable, setting->value);
}

}  // namespace ddblog::aws
