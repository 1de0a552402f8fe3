#include "aws/endpoint.h"

#include <charconv>
#include <stdexcept>

#include "aws/partition.h"

namespace ddblog::aws {

namespace {

std::string upperCase(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

bool isTrue(const std::optional<std::string>& value) { return value && upperCase(*value) == "TRUE"; }

std::string findUrl(const Service& service, const Environment& environment, const ProfileFiles& profiles) {
  if (isTrue(environment("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")) ||
      isTrue(profiles.fromConfig("ignore_configured_endpoint_urls"))) {
    return {};
  }
  if (const auto url = environment("AWS_ENDPOINT_URL_" + upperCase(service.config_name))) return *url;
  if (const auto url = environment("AWS_ENDPOINT_URL")) return *url;
  if (const auto url = profiles.fromServices(std::string(service.config_name), "endpoint_url")) return *url;
  return profiles.fromConfig("endpoint_url").value_or("");
}

std::string findRegion(const std::string& explicit_region, const Environment& environment,
                       const ProfileFiles& profiles) {
  if (!explicit_region.empty()) return explicit_region;
  if (const auto region = environment("AWS_REGION")) return *region;
  if (const auto region = environment("AWS_DEFAULT_REGION")) return *region;
  if (const auto region = profiles.fromConfig("region")) return *region;
  return profiles.fromCredentials("region").value_or("");
}

bool isDottedQuad(std::string_view text) {
  int parts = 0;
  while (!text.empty() && parts < 4) {
    int number = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || number < 0 || number > 255 || end == text.data()) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    ++parts;
    if (text.empty()) break;
    if (text.front() != '.' || text.size() == 1) return false;
    text.remove_prefix(1);
  }
  return parts == 4 && text.empty();
}

// A region becomes part of a host name, so only valid characters are allowed.
void checkRegion(const std::string& region) {
  const bool valid =
      region.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == std::string::npos;
  if (!valid) throw std::invalid_argument("Provided region_name '" + region + "' doesn't match a supported format.");
}

}  // namespace

bool isLoopbackHost(std::string_view host) {
  const std::string name = upperCase(host);
  return name == "LOCALHOST" || name.ends_with(".LOCALHOST") || host == "::1" ||
         (host.starts_with("127.") && isDottedQuad(host));
}

std::string Endpoint::hostHeader() const {
  std::string text = host.find(':') == std::string::npos ? host : '[' + host + ']';
  if (port != (scheme == "https" ? 443 : 80)) text += ':' + std::to_string(port);
  return text;
}

std::string Endpoint::url() const { return scheme + "://" + hostHeader() + base_path; }

bool Endpoint::isLoopback() const { return isLoopbackHost(host); }

Endpoint parseEndpoint(const std::string& url) {
  const std::invalid_argument invalid("Invalid endpoint: " + url);
  Endpoint endpoint;
  std::string_view rest = url;
  const std::size_t scheme_end = rest.find("://");
  if (scheme_end == std::string_view::npos) throw invalid;
  endpoint.scheme = upperCase(rest.substr(0, scheme_end)) == "HTTPS" ? "https" : "http";
  if (endpoint.scheme == "http" && upperCase(rest.substr(0, scheme_end)) != "HTTP") throw invalid;
  rest.remove_prefix(scheme_end + 3);

  const std::size_t path = std::min(rest.find('/'), rest.size());
  endpoint.base_path = rest.substr(path);
  while (endpoint.base_path.ends_with('/')) endpoint.base_path.pop_back();
  if (endpoint.base_path.find_first_of("?# ") != std::string::npos) throw invalid;
  rest = rest.substr(0, path);

  std::size_t host_end;
  if (rest.starts_with('[')) {
    host_end = rest.find(']');
    if (host_end == std::string_view::npos) throw invalid;
    endpoint.host = rest.substr(1, host_end - 1);
    ++host_end;
  } else {
    host_end = std::min(rest.find(':'), rest.size());
    endpoint.host = rest.substr(0, host_end);
  }
  if (endpoint.host.empty() || endpoint.host.find_first_of("?#@ \t\r\n") != std::string::npos) throw invalid;
  endpoint.port = endpoint.scheme == "https" ? 443 : 80;
  if (const std::string_view port = rest.substr(host_end); !port.empty()) {
    const auto [end, error] = std::from_chars(port.data() + 1, port.data() + port.size(), endpoint.port);
    if (port.front() != ':' || error != std::errc() || end != port.data() + port.size() || endpoint.port < 1 ||
        endpoint.port > 65535) {
      throw invalid;
    }
  }
  return endpoint;
}

Endpoint findEndpoint(const Service& service, const std::string& explicit_url, const std::string& explicit_region,
                      const Environment& environment, const ProfileFiles& profiles) {
  std::string region = findRegion(explicit_region, environment, profiles);
  checkRegion(region);
  const std::string url = explicit_url.empty() ? findUrl(service, environment, profiles) : explicit_url;
  if (!url.empty()) {
    Endpoint endpoint = parseEndpoint(url);
    if (region.empty() && endpoint.isLoopback()) region = "us-east-1";
    if (!region.empty()) {
      endpoint.region = region;
      return endpoint;
    }
  }
  if (region.empty()) {
    throw std::runtime_error("You must specify a region: --region, AWS_REGION, or `region` in the profile.");
  }
  Endpoint endpoint = parseEndpoint("https://" + std::string(service.host_prefix) + '.' + region + '.' +
                                    std::string(partitionOf(region).domain));
  endpoint.region = region;
  return endpoint;
}

}  // namespace ddblog::aws
