// The lines that functions have logged, from CloudWatch Logs.
// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
//
// Errors: those of aws::Client. Thread safety: none.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "aws/client.h"
#include "base/json.h"

namespace ddblog::deploy {

struct LogLine {
  std::string function;  // as the template calls it
  Timestamp time;
  std::string text;  // without a line break at its end
};

class FunctionLogs {
 public:
  // `functions`: what the template calls them, and their names. `texts`: only lines that contain one of
  // them; empty: all.
  FunctionLogs(aws::Session& session, const std::vector<std::pair<std::string, std::string>>& functions,
               const std::vector<std::string>& texts);

  // The lines since `from`, in their order, without those that an earlier call has returned. A line can
  // arrive in CloudWatch later than one that is younger: ask from a little earlier than the last time. `to`: the
  // last time; std::nullopt: until now.
  std::vector<LogLine> next(Timestamp from, std::optional<Timestamp> to = std::nullopt);

 private:
  using Functions = std::vector<std::pair<std::string, std::string>>;

  void read(const std::string& group, const Functions& functions, json::object request, std::vector<LogLine>& lines);
  void take(const json::object& event, const Functions& functions, std::vector<LogLine>& lines);

  const aws::Client logs_;
  const std::string pattern_;
  std::map<std::string, Functions> groups_;            // log groups, and the functions that write into them
  std::set<std::pair<Timestamp, std::string>> taken_;  // events that were returned: their times and ids
};

}  // namespace ddblog::deploy
