// A replay in AWS: from an archive to rules of its bus. This program starts and follows it.
#include <algorithm>
#include <iostream>
#include <stdexcept>

#include "aws/json_client.h"
#include "base/json_fields.h"
#include "base/text.h"
#include "cli/replays/aws_end.h"
#include "cli/replays/aws_replays.h"
#include "cli/replays/incoming_report.h"
#include "cli/replays/replay_percent.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/interrupt.h"
#include "cli/terminal/percent_bar.h"
#include "cli/terminal/printable.h"
#include "clients/cpp/src/library_errors.h"
#include "deploy/replays/aws_replay.h"

namespace ddblog::cli {
namespace {

using replays::AwsReplay;
using replays::ReplayState;
using replays::SourceArchive;
using replays::TimeRange;

constexpr Duration kFirstLook{100}, kLastLook{2000};

std::vector<std::string> ruleArns(const aws::Client& events, const SourceArchive& archive,
                                  const std::vector<std::string>& rules) {
  std::vector<std::string> arns;
  for (const std::string& rule : rules) {
    try {
      arns.push_back(
          textOf(aws::callJson(events, "DescribeRule", {{"Name", rule}, {"EventBusName", archive.bus}}), "Arn"));
    } catch (const aws::ServiceError& error) {
      if (error.type() != "ResourceNotFoundException") throw;
      throw std::invalid_argument("There is no rule " + rule + " on the bus " + archive.bus + " in AWS");
    }
  }
  return arns;
}

ReplayState follow(const AwsEnd& aws, const AwsReplay& replay, const TimeRange& range, const Interrupt& interrupt) {
  PercentBar bar;
  bool is_cancelled = false;
  for (Duration pause = kFirstLook;; pause = std::min(pause * 2, kLastLook)) {
    const ReplayState state = replay.look();
    bar.show(percentOf(state, range), progressText(state));
    if (state.isOver()) return state;
    if (!is_cancelled && interrupt.happened()) {
      replay.cancel();
      is_cancelled = true;
    }
    aws.session().wait(pause);
  }
}

ReplayState followOrSay(const AwsEnd& aws, const AwsReplay& replay, const TimeRange& range,
                        const Interrupt& interrupt) {
  try {
    return follow(aws, replay, range, interrupt);
  } catch (...) {
    note("the replay " + replay.name() + " goes on in AWS without this command: `aws events describe-replay " +
         "--replay-name " + replay.name() + "` says how far it is, and cancel-replay ends it");
    throw;
  }
}

int run(const ReplayFlags& flags) {
  const AwsEnd aws(flags.connection);
  const aws::Client events(aws.session(), aws::kEventBridge);
  const SourceArchive archive = replays::findArchive(events, flags.archive, flags.source_bus);
  const std::vector<std::string> arns = ruleArns(events, archive, flags.rules);
  checkRange(queryOf(flags), archive, aws.now());
  const TimeRange range = rangeOf(queryOf(flags), archive, aws.now());
  if (const std::string line = lateNote(range, aws.now()); !line.empty()) note(line);
  const std::string what = rangeText(archive, range) + " to the rules " + joined(flags.rules);
  if (flags.dry_run) {
    std::cout << printable(what) << " would be replayed in AWS: their targets would be invoked there" << std::endl;
    return kOk;
  }
  const AwsReplay replay(events, replayName(flags));
  const Interrupt interrupt;  // from here on there is something to cancel
  replay.start(archive, replays::replayedRange(range, aws.now()), arns);
  if (flags.detach) {
    std::cout << replay.name() << " has started in AWS; `aws events describe-replay --replay-name " << replay.name()
              << "` says how far it is" << std::endl;
    return kOk;
  }
  const ReplayState end = followOrSay(aws, replay, range, interrupt);
  if (end.state == "FAILED") throw std::runtime_error("the replay " + replay.name() + " failed in AWS: " + end.reason);
  std::cout << "The replay " << printable(replay.name()) << (end.state == "CANCELLED" ? " was cancelled" : " has ended")
            << "; " << progressText(end) << std::endl;
  return end.state == "COMPLETED" ? kOk : kFailure;
}

}  // namespace

int replayInAws(const ReplayFlags& flags) {
  return withLibraryErrors([&] { return run(flags); });
}

}  // namespace ddblog::cli
