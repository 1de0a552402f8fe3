#include "deploy/replays/aws_replay.h"

#include <algorithm>
#include <stdexcept>

#include "aws/json_client.h"
#include "base/json.h"
#include "base/json_fields.h"

namespace ddblog::replays {

TimeRange replayedRange(const TimeRange& wanted, Timestamp now) {
  using std::chrono::seconds;
  const auto from = std::chrono::floor<seconds>(wanted.from), to = std::chrono::floor<seconds>(wanted.to) + seconds(1);
  return {Timestamp(from), std::min(Timestamp(to), now)};
}

void AwsReplay::start(const SourceArchive& archive, const TimeRange& range,
                      const std::vector<std::string>& rule_arns) const {
  try {
    aws::callJson(
        events_, "StartReplay",
        {{"ReplayName", name_},
         {"Description", "dynamodb-log replay"},
         {"EventSourceArn", archive.arn},
         {"EventStartTime", toEpochSeconds(range.from)},
         {"EventEndTime", toEpochSeconds(range.to)},
         {"Destination", {{"Arn", archive.bus_arn}, {"FilterArns", json::array(rule_arns.begin(), rule_arns.end())}}}});
  } catch (const aws::ServiceError& error) {
    if (error.type() == "LimitExceededException") {
      throw std::runtime_error(
          "AWS starts no further replay: an account has 10 replays at once in a region, unless its quota was raised. "
          "`aws events list-replays` shows them; wait for one, or cancel one");
    }
    // An earlier attempt, whose answer was lost, has started it.
    if (error.type() != "ResourceAlreadyExistsException" || error.attempts() == 1) throw;
  }
}

ReplayState AwsReplay::look() const {
  const json::object answer = aws::callJson(events_, "DescribeReplay", {{"ReplayName", name_}});
  return {textOf(answer, "State"), textOf(answer, "StateReason"), timeIn(answer, "EventLastReplayedTime")};
}

void AwsReplay::cancel() const {
  try {
    aws::callJson(events_, "CancelReplay", {{"ReplayName", name_}});
  } catch (const aws::ServiceError& error) {
    if (error.type() != "IllegalStatusException") throw;
  }
}

}  // namespace ddblog::replays
