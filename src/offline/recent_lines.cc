#include "offline/recent_lines.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/utf8.h"
#include "rpc/request_reader.h"
#include "rpc/synchronous.h"

namespace ddblog::offline {

namespace {

constexpr std::size_t kLineBytes = sizeof(RecentLines::Line) + 32;  // of a line without its text, about
constexpr std::uint64_t kNumbersInAMillisecond = 1'000;             // more than that are not printed for long

bool isWanted(const RecentLines::Line& line, const RecentLines::Query& query) {
  if (query.since && line.time < *query.since) return false;
  if (!query.functions.empty() && std::ranges::find(query.functions, line.function) == query.functions.end()) {
    return false;
  }
  return query.text.empty() || line.text.find(query.text) != std::string::npos;
}

bool isOfName(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

// The function's name of "users:7: hello", and where the text begins; an empty one: 0.
std::pair<std::string_view, std::size_t> functionOf(std::string_view line) {
  constexpr std::size_t kLongestReference = 64 + 1 + 128;  // Lambda's: a name, a colon, a version or an alias
  const std::size_t end = line.substr(0, kLongestReference + 2).find(": ");
  if (end == std::string_view::npos) return {{}, 0};
  const std::string_view name = line.substr(0, std::min(line.find(':'), end));
  const std::string_view version = line.substr(name.size(), end - name.size());
  const bool fits = !name.empty() && std::ranges::all_of(name, isOfName) &&
                    (version.empty() || std::ranges::all_of(version.substr(1), isOfName));
  return fits ? std::pair(name, end + 2) : std::pair(std::string_view(), std::size_t{0});
}

std::vector<std::string> splitAtCommas(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    if (comma > begin) words.push_back(text.substr(begin, comma - begin));
    begin = comma + 1;
  }
  return words;
}

RecentLines::Query queryOf(const rpc::Request& given) {
  constexpr std::int64_t kMostLinesOnAPage = 10'000;
  rpc::RequestReader request(given);
  RecentLines::Query query;
  query.after = static_cast<std::uint64_t>(request.queryInteger("after", {.min = 0}).value_or(0));
  if (const auto since = request.queryInteger("since", {.min = 0})) query.since = Timestamp(Duration(*since));
  query.functions = splitAtCommas(request.query("functions").value_or(""));
  query.text = request.query("text").value_or("");
  query.most_lines =
      static_cast<std::size_t>(request.queryInteger("limit", {.min = 1, .max = kMostLinesOnAPage}).value_or(1'000));
  request.finish();
  return query;
}

std::string asJson(const RecentLines::Page& page) {
  std::string body;
  JsonWriter json(body);
  json.beginObject().key("lines").beginArray();
  for (const RecentLines::Line& line : page.lines) {
    json.beginObject().key("time").value(toIso8601(line.time, true));
    if (!line.function.empty()) json.key("function").value(line.function);
    json.key("message").value(validUtf8(line.text)).endObject();
  }
  json.endArray().key("next").value(std::to_string(page.next)).key("more").value(page.has_more);
  json.key("lost").value(page.lost).endObject();
  return body;
}

}  // namespace

RecentLines::RecentLines(Clock& clock, Limits limits)
    : clock_(clock),
      limits_(limits),
      first_(static_cast<std::uint64_t>(std::max<std::int64_t>(clock.now().time_since_epoch().count(), 1)) *
             kNumbersInAMillisecond),
      begin_(first_) {}

void RecentLines::add(std::string_view line) {
  const Timestamp now = clock_.now();
  const auto [function, begin] = functionOf(line);
  const std::string_view text = line.substr(begin);
  MutexLock lock(mutex_);
  lines_.push_back({first_ + lines_.size(), now, std::string(function), std::string(text)});
  bytes_ += kLineBytes + text.size();
  while (lines_.size() > 1 && (lines_.size() > limits_.lines || bytes_ > limits_.bytes)) {
    bytes_ -= kLineBytes + lines_.front().text.size();
    lines_.pop_front();
    ++first_;
  }
}

RecentLines::Page RecentLines::read(const Query& query) const {
  MutexLock lock(mutex_);
  Page page;
  page.next = std::max(query.after, first_ - 1);
  if (query.after > 0) page.lost = first_ - std::min(first_, std::max(query.after + 1, begin_));
  std::size_t bytes = 0;
  for (std::size_t i = page.next + 1 - first_; i < lines_.size(); ++i) {
    const Line& line = lines_[i];
    if (isWanted(line, query)) {
      if (!page.lines.empty() &&
          (page.lines.size() >= query.most_lines || bytes + line.text.size() > query.most_bytes)) {
        page.has_more = true;
        return page;
      }
      bytes += line.text.size();
      page.lines.push_back(line);
    }
    page.next = line.number;
  }
  return page;
}

void addLogRoute(rpc::RestApi& api, const RecentLines& lines) {
  api.add("GET", "/_local/logs", "ListRecentLines",
          rpc::synchronous([&lines](const rpc::Request& request) { return asJson(lines.read(queryOf(request))); }));
}

}  // namespace ddblog::offline
