#include "rpc/api.h"

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace ddblog::rpc {

namespace {

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    if (path.front() == '/') {
      path.remove_prefix(1);
      continue;
    }
    const std::size_t end = std::min(path.find('/'), path.size());
    segments.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return segments;
}

bool isParameter(std::string_view segment) { return segment.size() > 2 && segment.front() == '{'; }
bool takesRest(std::string_view segment) { return isParameter(segment) && segment[segment.size() - 2] == '+'; }

std::optional<std::map<std::string, std::string>> match(const std::vector<std::string>& pattern,
                                                        const std::vector<std::string_view>& path) {
  std::map<std::string, std::string> parameters;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const std::string& segment = pattern[i];
    if (takesRest(segment)) {
      std::string rest;
      for (std::size_t j = i; j < path.size(); ++j) rest += (j > i ? "/" : "") + percentDecode(path[j]);
      if (rest.empty()) return std::nullopt;
      parameters.emplace(segment.substr(1, segment.size() - 3), std::move(rest));
      return parameters;
    }
    if (i >= path.size()) return std::nullopt;
    if (isParameter(segment)) {
      parameters.emplace(segment.substr(1, segment.size() - 2), percentDecode(path[i]));
    } else if (segment != path[i]) {
      return std::nullopt;
    }
  }
  if (path.size() != pattern.size()) return std::nullopt;
  return parameters;
}

}  // namespace

void RestApi::add(std::string method, std::string_view pattern, std::string operation, Handler handler) {
  std::vector<std::string> segments;
  for (const std::string_view segment : split(pattern)) segments.emplace_back(segment);
  routes_.push_back({std::move(method), std::move(segments), std::move(operation), std::move(handler)});
}

void RestApi::setWaits(std::string_view operation) {
  for (Route& route : routes_) {
    if (route.operation == operation) route.waits = true;
  }
}

void RestApi::setStreams(std::string_view operation, std::string header, std::string value) {
  for (Route& route : routes_) {
    if (route.operation != operation) continue;
    route.streams_header = std::move(header);
    route.streams_value = std::move(value);
    return;
  }
}

RestApi::Match RestApi::find(std::string_view method, std::string_view path, bool& path_known) const {
  path_known = false;
  const std::vector<std::string_view> segments = split(path.substr(0, path.find('?')));
  for (const Route& route : routes_) {
    auto parameters = match(route.segments, segments);
    if (!parameters) continue;
    path_known = true;
    if (route.method == method) return {&route, std::move(*parameters)};
  }
  return {nullptr, {}};
}

namespace {

const JsonApi* findIn(const std::vector<const JsonApi*>& apis, std::string_view target_prefix) {
  for (const JsonApi* api : apis) {
    if (api->protocol().targetPrefix() == target_prefix) return api;
  }
  return nullptr;
}

}  // namespace

const JsonApi* Apis::findJson(std::string_view target_prefix) const { return findIn(json_, target_prefix); }

const JsonApi* Apis::findInternal(std::string_view target_prefix) const { return findIn(internal_, target_prefix); }

}  // namespace ddblog::rpc
