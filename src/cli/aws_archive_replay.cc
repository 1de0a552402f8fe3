// A replay of an archive in AWS into the offline cloud.
#include <algorithm>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <tuple>

#include "base/parallel.h"
#include "base/text.h"
#include "base/thread_annotations.h"
#include "cli/aws_end.h"
#include "cli/aws_replays.h"
#include "cli/incoming_report.h"
#include "cli/replay_percent.h"
#include "cli/source_log.h"
#include "cli/temporary_route.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/interrupt.h"
#include "cli/terminal/percent_bar.h"
#include "cli/terminal/printable.h"
#include "cli/terminal/progress.h"
#include "clients/cpp/src/library_errors.h"
#include "deploy/replays/aws_replay.h"
#include "deploy/replays/limits.h"
#include "deploy/replays/replay_queue.h"
#include "deploy/replays/stream_versions.h"

namespace ddblog::cli {
namespace {

using replays::AwsReplay;
using replays::QueuedMessage;
using replays::ReplayState;
using replays::SourceArchive;
using replays::TimeRange;

constexpr std::size_t kStreamsAtOnce = 8;  // whose versions are checked

// The user pressed Ctrl-C.
struct Cancelled {};

class ArchiveReplay {
 public:
  explicit ArchiveReplay(const ReplayFlags& flags)
      : flags_(flags),
        aws_(flags.connection),
        local_(localEnd(flags, aws_)),
        events_(aws_.session(), aws::kEventBridge),
        routes_(aws_.session()),
        archive_(replays::findArchive(events_, flags.archive, flags.source_bus)),
        log_(aws_.tables(), flags.connection.stage, queryOf(flags), aws_.now()),
        range_(rangeOf(queryOf(flags), archive_, aws_.now())) {
    report_.target = flags.target;
  }

  int run() {
    if (flags_.dry_run) return plan();
    for (const std::string& name : removeAbandonedRoutes(routes_, aws_.now())) {
      note("the rule and the queue of the replay " + name + ", which was killed, were removed from AWS");
    }
    if (const std::string line = lateNote(range_, aws_.now()); !line.empty()) {
      note(line + "; those of streams that the replay finds are read from the log table");
    }
    try {
      transfer();
      complete();
    } catch (const Cancelled&) {
      note("the replay was cancelled after " + withThousands(report_.counts.sent) + " events");
      return kFailure;
    }
    std::cout << reportText(report_) << std::flush;
    return report_.lost > 0 ? kDiffers : kOk;
  }

 private:
  int plan() const {
    std::cout << printable(rangeText(archive_, range_)) << " would be replayed to " << printable(local_.place) << '\n'
              << "The archive holds " << withThousands(archive_.events) << " events, " << withThousands(archive_.bytes)
              << " bytes (in AWS as they were up to a day ago)\n"
              << "A temporary rule and a temporary queue would be created in AWS, and removed at the end\n";
    for (const replays::Route& route : routes_.all()) {
      if (!route.isAbandoned(aws_.now())) continue;
      std::cout << "The rule and the queue " << printable(route.name) << " of a killed replay would be removed\n";
    }
    std::cout << std::flush;
    return kOk;
  }

  // Events from AWS into the cloud, until the replay has ended and its queue is empty.
  void transfer() {
    TemporaryRoute temporary(routes_, {.id = aws_.newId(),
                                       .stage = flags_.connection.stage,
                                       .bus = archive_.bus,
                                       .logs = flags_.logs,
                                       .types = flags_.types});
    const replays::Route& route = temporary.route();
    const AwsReplay replay(events_, route.name);
    replay.start(archive_, replays::replayedRange(range_, aws_.now()), {routes_.ruleArn()});
    const ReplayState end = follow(replay, replays::ReplayQueue(aws_.session(), route.queue_url), temporary);
    if (arrived_ == 0 && end.last_replayed != Timestamp()) explainNothing(route, end);
    temporary.remove();
  }

  ReplayState follow(const AwsReplay& replay, const replays::ReplayQueue& queue, TemporaryRoute& temporary) {
    PercentBar bar;
    ReplayState state;
    bar.show(0, progressText(state));
    int quiet_polls = 0;
    std::optional<Timestamp> over_at;
    for (;;) {
      checkInterrupt();
      temporary.keepAlive(aws_.now());
      const std::vector<QueuedMessage> messages =
          queue.receive(over_at ? limits::kReplayLastPoll : limits::kReplayPoll);
      take(messages);
      queue.remove(messages);
      quiet_polls = messages.empty() ? quiet_polls + 1 : 0;
      if (!over_at) state = replay.look();
      bar.show(percentOf(state, range_), withThousands(arrived_) + " events, " + progressText(state));
      if (!state.isOver()) continue;
      if (state.state == "FAILED") {
        throw std::runtime_error("the replay " + replay.name() + " failed in AWS: " + state.reason);
      }
      if (state.state == "CANCELLED") throw std::runtime_error("the replay " + replay.name() + " was cancelled in AWS");
      if (!over_at) {
        over_at = aws_.now();
        quiet_polls = 0;
      }
      if (quiet_polls < limits::kReplayQuietPolls) continue;
      if (queue.size() == 0 || *over_at + limits::kReplaySettles < aws_.now()) return state;
    }
  }

  // Writes what is new of it. Those of a stream in order, as far as they came together.
  void take(const std::vector<QueuedMessage>& messages) {
    std::vector<IncomingEvent> events;
    for (const QueuedMessage& message : messages) {
      auto event = incomingOfBusEvent(message.body);
      if (!event) {
        ++report_.counts.incomplete;
        continue;
      }
      ++arrived_;
      if (!versions_.add(event->pk, event->version)) continue;  // SQS delivers at least once
      if (event->item.empty()) takeWhole(*event);
      events.push_back(*std::move(event));
    }
    std::ranges::sort(events, [](const IncomingEvent& one, const IncomingEvent& other) {
      return std::tie(one.pk, one.version) < std::tie(other.pk, other.version);
    });
    send(events);
  }

  void send(const std::vector<IncomingEvent>& events) {
    const auto is_cancelled = [this] { return interrupt_.happened(); };
    if (!sendAtRate(*local_.target, events, flags_.rate, is_cancelled, report_.counts)) throw Cancelled();
  }

  // A partial event was too large for the bus. The table has it whole.
  void takeWhole(IncomingEvent& event) {
    const auto whole = log_.get(event.pk, event.version);
    if (!whole) {
      ++report_.lost;
      return;
    }
    ++report_.from_table;
    event.item = whole->item;
    if (whole->event.size() <= limits::kReplayedEventBytes) event.event = whole->event;
  }

  // Versions of a stream have no gaps: what the replay lacked is in the table.
  void complete() {
    const std::vector<std::string> streams = versions_.streams();
    report_.streams = streams.size();
    Progress progress(streams.size(), "streams checked");
    Mutex mutex;
    inParallel(streams.size(), kStreamsAtOnce, [&](std::size_t i) {
      checkInterrupt();
      const std::uint64_t lost = log_.readMissing(streams[i], versions_, [&](const std::vector<IncomingEvent>& events) {
        MutexLock lock(mutex);
        send(events);
        report_.from_table += events.size();
      });
      MutexLock lock(mutex);
      report_.lost += lost;
      progress.advance(1);
    });
  }

  // The replay sent events, and none came.
  void explainNothing(const replays::Route& route, const ReplayState& end) const {
    const std::string fault = routes_.policyFault(route);
    if (!fault.empty()) {
      throw std::runtime_error("EventBridge could not send the replayed events to the queue " + route.name + ": " +
                               fault + ".");
    }
    if (!flags_.logs.empty() || !flags_.types.empty()) return;  // these chose none
    throw std::runtime_error("the replay went " + progressText(end) +
                             ", but no event of the log came: either the archive holds none, or something in the "
                             "account keeps EventBridge from sending to the queue (a service control policy?). "
                             "--source table reads the log table instead");
  }

  void checkInterrupt() const {
    if (interrupt_.happened()) throw Cancelled();
  }

  const ReplayFlags& flags_;
  const Interrupt interrupt_;
  AwsEnd aws_;
  LocalEnd local_;
  const aws::Client events_;
  replays::Routes routes_;
  const SourceArchive archive_;
  const SourceLog log_;
  const TimeRange range_;
  replays::StreamVersions versions_;
  std::uint64_t arrived_ = 0;
  IncomingReport report_;
};

}  // namespace

int replayFromAwsArchive(const ReplayFlags& flags) {
  return withLibraryErrors([&] { return ArchiveReplay(flags).run(); });
}

}  // namespace ddblog::cli
