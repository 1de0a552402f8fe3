// A replay of EventBridge: started, looked at, cancelled.
// Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_StartReplay.html
//
// Errors: those of aws::Client. Thread safety: none.
#pragma once

#include <string>
#include <vector>

#include "aws/client.h"
#include "base/clock.h"
#include "deploy/replays/source_archive.h"

namespace ddblog::replays {

// A range of times that includes both ends.
struct TimeRange {
  Timestamp from, to;
};

// What StartReplay is given for it. Events have a time in seconds, and EventBridge leaves out those at the end: so it
// begins with a whole second and ends with the one after `to`, but not after `now`.
TimeRange replayedRange(const TimeRange& wanted, Timestamp now);

struct ReplayState {
  std::string state;  // "RUNNING"
  std::string reason;
  Timestamp last_replayed = {};  // the time of the event that was replayed last; the epoch: of none yet

  bool isOver() const { return state == "COMPLETED" || state == "CANCELLED" || state == "FAILED"; }
};

class AwsReplay {
 public:
  AwsReplay(const aws::Client& events, std::string name) : events_(events), name_(std::move(name)) {}

  // To these rules of the archive's bus only. Throws std::runtime_error if AWS has too many replays.
  void start(const SourceArchive& archive, const TimeRange& range, const std::vector<std::string>& rule_arns) const;
  ReplayState look() const;
  // One that has ended stays as it is.
  void cancel() const;

  const std::string& name() const { return name_; }

 private:
  const aws::Client& events_;
  const std::string name_;
};

}  // namespace ddblog::replays
