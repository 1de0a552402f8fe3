#include "cli/cloud_logs.h"

#include <algorithm>
#include <utility>

#include "aws/json_response.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"

namespace ddblog::cli {
namespace {

constexpr int kMostPages = 100;             // of one call; the cloud keeps fewer lines than they hold
constexpr std::size_t kLongestList = 4096;  // of functions in a URL, in bytes; a longer one is not sent
constexpr int kMostFunctionPages = 100;     // of 50 functions each

}  // namespace

std::vector<std::string> CloudLogs::functionsOf(const LocalCloud& cloud) {
  std::vector<std::string> names;
  std::vector<std::pair<std::string, std::string>> query;
  for (int page = 0; page < kMostFunctionPages; ++page) {
    const json::object response = aws::parseResponse(cloud.send("GET", "/2015-03-31/functions/", query).body);
    for (const json::value& function : response.at("Functions").as_array()) {
      names.emplace_back(function.as_object().at("FunctionName").as_string());
    }
    const json::value* marker = response.if_contains("NextMarker");
    if (!marker || !marker->is_string() || marker->get_string().empty()) break;
    query = {{"Marker", std::string(marker->get_string())}};
  }
  return names;
}

std::vector<deploy::LogLine> CloudLogs::next() {
  std::vector<deploy::LogLine> lines;
  for (int page = 0; page < kMostPages && addPage(lines); ++page) {
  }
  return lines;
}

// With none named, a function that comes later is wanted too; only the cloud's own lines are not.
bool CloudLogs::isWanted(const std::string& function) const {
  if (functions_.empty()) return !function.empty();
  return std::ranges::find(functions_, function) != functions_.end();
}

// Returns whether there are more.
bool CloudLogs::addPage(std::vector<deploy::LogLine>& lines) {
  std::vector<std::pair<std::string, std::string>> query;
  if (after_.empty()) {
    query.emplace_back("since", std::to_string(since_.time_since_epoch().count()));
  } else {
    query.emplace_back("after", after_);
  }
  const std::string functions = joined(functions_, ",");
  if (!functions.empty() && functions.size() <= kLongestList) query.emplace_back("functions", functions);
  if (!text_.empty()) query.emplace_back("text", text_);
  const json::object page = aws::parseResponse(cloud_.send("GET", "/_local/logs", query).body);
  for (const json::value& value : page.at("lines").as_array()) {
    const json::object& line = value.as_object();
    const json::value* name = line.if_contains("function");
    std::string function(name ? name->as_string() : json::string());
    if (!isWanted(function)) continue;
    lines.push_back({std::move(function), fromIso8601(std::string(line.at("time").as_string())),
                     std::string(line.at("message").as_string())});
  }
  after_ = std::string(page.at("next").as_string());
  lost_ += static_cast<std::uint64_t>(page.at("lost").as_int64());
  return page.at("more").as_bool();
}

}  // namespace ddblog::cli
