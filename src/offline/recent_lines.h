// What the cloud and its functions have logged lately, for GET /_local/logs:
//
//   GET /_local/logs?after=17&since=1767225600000&functions=users,orders&text=ERROR&limit=1000
//   -> {"lines": [{"time": "2026-11-28T12:00:00.000Z", "function": "users", "message": "hello"}, …],
//       "next": "42", "more": false, "lost": 0}
//
// All parameters are optional. `since`: milliseconds since 1970. "next" is the next request's `after`;
// "more": there are more lines already. "lost": so many lines of this run after `after` are no longer
// kept. A line that does not begin with a function's name is the cloud's own, and has no "function"; but
// "lambda" stands for messages of Lambda, if no function is called so.
//
// Lines are kept in memory, within Limits; the oldest make room. Each has a number, which grows by one
// from line to line. The first number comes from the time of day, so numbers also grow from one run of
// the cloud to the next, and who asks for the lines after a number sees none twice.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/thread_annotations.h"
#include "rpc/api.h"

namespace ddblog::offline {

class RecentLines {
 public:
  struct Limits {  // ours
    std::size_t lines = 20'000;
    std::size_t bytes = 8u << 20;
  };
  struct Line {
    std::uint64_t number = 0;
    Timestamp time;
    std::string function;  // its name, without a version; empty: the cloud's own
    std::string text;      // bytes as they were printed, without the line break
  };
  struct Query {
    std::uint64_t after = 0;                  // only lines with larger numbers
    std::optional<Timestamp> since = {};      // only lines of this time or later
    std::vector<std::string> functions = {};  // only of these; empty: of all
    std::string text = {};                    // only lines that contain it
    std::size_t most_lines = 1'000;
    std::size_t most_bytes = 1u << 20;
  };
  struct Page {
    std::vector<Line> lines;  // oldest first
    std::uint64_t next = 0;   // `after` of the next page
    bool has_more = false;    // there are lines after `next` already
    std::uint64_t lost = 0;   // lines after `after` that had to make room
  };

  explicit RecentLines(Clock& clock) : RecentLines(clock, Limits()) {}
  RecentLines(Clock& clock, Limits limits);

  // A line as functions and services log it: "users: hello", "users:7: hello", "the store is full".
  void add(std::string_view line);
  Page read(const Query& query) const;

 private:
  Clock& clock_;
  const Limits limits_;
  mutable Mutex mutex_;
  std::uint64_t first_ GUARDED_BY(mutex_);  // the number of the oldest line
  const std::uint64_t begin_;               // the number of this run's first line
  std::size_t bytes_ GUARDED_BY(mutex_) = 0;
  std::deque<Line> lines_ GUARDED_BY(mutex_);
};

// `lines` must outlive the API.
void addLogRoute(rpc::RestApi& api, const RecentLines& lines);

}  // namespace ddblog::offline
