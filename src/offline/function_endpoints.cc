#include "offline/function_endpoints.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace ddblog::offline {

namespace {

constexpr std::array kVariables = {
    "AWS_ENDPOINT_URL",        "AWS_ENDPOINT_URL_DYNAMODB",  "AWS_ENDPOINT_URL_DYNAMODB_STREAMS",
    "AWS_ENDPOINT_URL_LAMBDA", "AWS_ENDPOINT_URL_SCHEDULER", "AWS_ENDPOINT_URL_EVENTBRIDGE",
    "AWS_ENDPOINT_URL_SQS"};

bool isThisMachine(std::string_view host) {
  return host == "localhost" || host == "0.0.0.0" || host == "[::1]" || host.starts_with("127.");
}

struct Authority {
  std::string_view host;
  std::string_view port;
};

// Of "http://localhost:8000/"; empty: it is no URL with a port.
Authority authorityOf(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find('/'));
  const std::size_t colon = url.rfind(':');
  if (colon == std::string_view::npos) return {};
  return {url.substr(0, colon), url.substr(colon + 1)};
}

bool isHere(std::string_view url, const std::vector<std::string>& urls) {
  const Authority given = authorityOf(url);
  return std::ranges::any_of(urls, [&given](const std::string& own) {
    const Authority here = authorityOf(own);
    return given.port == here.port && (given.host == here.host || isThisMachine(given.host));
  });
}

}  // namespace

std::vector<std::string> notesOnEndpoints(const templates::App& app, const std::vector<std::string>& urls) {
  std::vector<std::string> notes;
  for (const templates::App::Function& function : app.functions) {
    for (const char* variable : kVariables) {
      const auto value = function.environment.find(variable);
      if (value == function.environment.end() || value->second.empty() || isHere(value->second, urls)) continue;
      const auto place = app.places.find("function " + function.name);
      notes.push_back((place == app.places.end() ? "" : place->second + ": ") + "function " + function.name + "'s " +
                      variable + " is " + value->second + ", which is not this cloud (" + urls.front() +
                      "): leave the variable out");
    }
  }
  return notes;
}

}  // namespace ddblog::offline
