// A replay of an archive in AWS into the offline cloud.
#include <algorithm>
#include <iostream>
#include <stdexcept>
#include <tuple>

#include "base/parallel.h"
#include "base/text.h"
#include "base/thread_annotations.h"
#include "cli/replays/aws_end.h"
#include "cli/replays/aws_replays.h"
#include "cli/replays/incoming_report.h"
#include "cli/replays/replay_percent.h"
#include "cli/replays/source_log.h"
#include "cli/replays/temporary_route.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/interrupt.h"
#include "cli/terminal/percent_bar.h"
#include "cli/terminal/printable.h"
#include "cli/terminal/progress.h"
#include "clients/cpp/src/library_errors.h"
#include "deploy/replays/aws_replay.h"
#include "deploy/replays/limits.h"
#include "deploy/replays/queue_end.h"
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
    checkRange(queryOf(flags), archive_, aws_.now());
    report_.target = flags.target;
    report_.has_times = !flags.from.empty() || !flags.to.empty();
    report_.has_types = !flags.types.empty();
  }

  int run() {
    if (flags_.dry_run) return plan();
    for (const std::string& name : removeAbandonedRoutes(routes_, aws_.now())) {
      note("what the replay " + name + " had left was removed from AWS");
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
    return report_.isIncomplete() ? kDiffers : kOk;
  }

 private:
  int plan() const {
    std::cout << printable(rangeText(archive_, range_)) << " would be replayed to " << printable(local_.place) << '\n'
              << "The archive holds " << withThousands(archive_.events) << " events, " << withThousands(archive_.bytes)
              << " bytes (in AWS as they were up to a day ago)\n"
              << "A temporary rule and a temporary queue would be created in AWS, and removed at the end\n";
    for (const replays::Route& route : routes_.all()) {
      if (!route.isAbandoned(aws_.now())) continue;
      std::cout << "The rule and the queue " << printable(route.name)
                << " were left by a replay, and would be removed\n";
    }
    std::cout << std::flush;
    return kOk;
  }

  // Events from AWS into the cloud, until the replay has ended and its queue is empty.
  void transfer() {
    const auto check = [this] { checkInterrupt(); };
    TemporaryRoute temporary(routes_,
                             {.id = aws_.newId(),
                              .stage = flags_.connection.stage,
                              .bus = archive_.bus,
                              .logs = flags_.logs,
                              .types = flags_.types},
                             check);
    const replays::Route& route = temporary.route();
    const AwsReplay replay(events_, route.name);
    PercentBar bar;
    bar.show(0, "waiting a minute for AWS to use the new rule");
    routes_.waitUntilUsed(check);
    checkInterrupt();
    replay.start(archive_, replays::replayedRange(range_, aws_.now()), {routes_.ruleArn()});
    const ReplayState end = follow(replay, replays::ReplayQueue(aws_.session(), route.queue_url), temporary, bar);
    if (arrived_ == 0 && end.last_replayed != Timestamp()) explainNothing(route, end);
  }

  ReplayState follow(const AwsReplay& replay, const replays::ReplayQueue& queue, TemporaryRoute& temporary,
                     PercentBar& bar) {
    const bool is_here = events_.endpoint().isLoopback();
    replays::QueueEnd end(is_here ? limits::kReplayQuietHere : limits::kReplayQuiet);
    ReplayState state;
    for (;;) {
      checkInterrupt();
      temporary.keepAlive(aws_.now());
      bar.show(percentOf(state, range_), withThousands(arrived_) + " events, " + progressText(state));
      const std::vector<QueuedMessage> messages =
          queue.receive(is_here && end.isOver() ? limits::kReplayLastPoll : limits::kReplayPoll);
      const bool has_new = take(messages);
      queue.remove(messages);
      if (!messages.empty()) end.received(aws_.runningTime(), has_new);
      if (!end.isOver()) {
        state = replay.look();
        checkState(replay.name(), state);
        if (state.isOver()) end.replayEnded(aws_.runningTime());
        continue;
      }
      if (end.isQuiet(aws_.runningTime()) && queue.size() == 0) return state;
      if (!end.isGivenUp(aws_.runningTime())) continue;
      report_.left_queued = queue.size();
      return state;
    }
  }

  static void checkState(const std::string& name, const ReplayState& state) {
    if (state.state == "FAILED") throw std::runtime_error("the replay " + name + " failed in AWS: " + state.reason);
    if (state.state == "CANCELLED") throw std::runtime_error("the replay " + name + " was cancelled in AWS");
  }

  // Writes what is new of it. Those of a stream in order, as far as they came together. Returns whether anything was.
  bool take(const std::vector<QueuedMessage>& messages) {
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
    return !events.empty();
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
    const std::vector<const std::string*> streams = versions_.streams();
    report_.streams = streams.size();
    Progress progress(streams.size(), "streams checked");
    Mutex mutex;
    inParallel(streams.size(), kStreamsAtOnce, [&](std::size_t i) {
      checkInterrupt();
      const auto take = [&](const std::vector<IncomingEvent>& events) {
        MutexLock lock(mutex);
        send(events);
        report_.from_table += events.size();
      };
      const SourceLog::Missing missing = log_.readMissing(*streams[i], versions_, take);
      MutexLock lock(mutex);
      report_.lost += missing.lost;
      report_.unknown += missing.unknown;
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
