#include "services/eventbridge/archive/replay_runner.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include "services/eventbridge/archive/limits.h"
#include "services/eventbridge/bus/event.h"
#include "services/eventbridge/bus/route_event.h"

namespace ddblog::eventbridge {
namespace {

constexpr Duration kReplayRetry{1000};
constexpr Duration kReplayLooksAgainAfter{1000};
constexpr int kReadAttempts = 3;
constexpr std::int64_t kPiecesPerSecond = 10;  // of a replay with a rate

// How many events a replay sends at once, and how long that lasts at its rate.
std::size_t pieceOf(const Replay& replay) {
  if (replay.counts_only) return limits::kReplayPage;
  if (replay.events_per_second == 0) return limits::kReplayedAtATime;
  const auto piece = static_cast<std::size_t>(std::max<std::int64_t>(1, replay.events_per_second / kPiecesPerSecond));
  return std::min(piece, limits::kReplayPage);
}
Duration durationOf(const Replay& replay, std::size_t events) {
  if (replay.events_per_second == 0) return Duration(0);
  const auto thousandths = static_cast<Duration::rep>(events) * 1000;
  return Duration((thousandths + replay.events_per_second - 1) / replay.events_per_second);  // at most the rate
}

RuleFilter filterOf(const Replay& replay) {
  if (replay.rule_arns.empty()) return {};
  return [&replay](std::string_view arn) {
    return std::find(replay.rule_arns.begin(), replay.rule_arns.end(), arn) != replay.rule_arns.end();
  };
}

}  // namespace

void ReplayRunner::start() {
  if (thread_.joinable() || !context_.archive) return;
  subscription_ = context_.replays_changed.listen([this] { wake(); });
  room_ = context_.bus.recipients.listenToHandled([this] {
    MutexLock lock(mutex_);
    if (!waits_for_room_ || !mayHaveRoom()) return;
    woken_ = true;
    changed_.notifyAll();
  });
  MutexLock lock(mutex_);
  is_running_ = true;
  thread_ = std::thread([this] { run(); });
}

void ReplayRunner::stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notifyAll();
  }
  if (thread_.joinable()) thread_.join();
  subscription_ = {};
  room_.clear();
}

void ReplayRunner::wake() {
  MutexLock lock(mutex_);
  woken_ = true;
  changed_.notifyAll();
}

rpc::Activity ReplayRunner::activity() const {
  rpc::Activity activity;
  MutexLock lock(mutex_);
  activity.changes = changes_;
  if (!is_running_ || stopping_) return activity;
  if (woken_ || rests_until_ <= context_.bus.clock.runningTime()) {
    activity.busy_with.push_back("events are replayed");
  } else {
    activity.next_due = rests_until_;
  }
  return activity;
}

void ReplayRunner::run() {
  Clock& clock = context_.bus.clock;
  MutexLock lock(mutex_);
  while (!stopping_) {
    woken_ = false;
    rests_until_ = RunningTime::min();
    waits_for_room_ = false;
    lock.unlock();
    Pass done;
    try {
      done = pass();
      const bool is_failing = std::ranges::any_of(paused_, [](const auto& one) { return one.second.failures > 0; });
      if (!is_failing && std::exchange(was_failing_, false)) context_.bus.warn("replays: work again");
    } catch (const std::exception& error) {
      done = {.is_done = true, .goes_on_at = clock.runningTime() + kReplayRetry};
      warnOfFailure(error.what());
    }
    lock.lock();
    if (!done.is_done) continue;
    rests_until_ = done.goes_on_at;  // what it may wait for besides is busy itself
    ++changes_;
    while (!stopping_ && !woken_ && clock.runningTime() < done.goes_on_at) {
      clock.wait(lock, changed_, done.goes_on_at);
    }
  }
}

ReplayRunner::Pass ReplayRunner::pass() {
  Pass done;
  const std::vector<Replay> replays = context_.replays.all(*context_.store.snapshot());
  std::erase_if(paused_, [&](const auto& paused) {
    return std::ranges::none_of(replays,
                                [&](const Replay& replay) { return replay.isActive() && replay.name == paused.first; });
  });
  for (const Replay& replay : replays) {
    if (!replay.isActive()) continue;
    {
      MutexLock lock(mutex_);
      if (stopping_) return done;
    }
    const auto paused = paused_.find(replay.name);
    const bool is_paused = paused != paused_.end() && paused->second.until > context_.bus.clock.runningTime();
    if (is_paused && replay.state != ReplayState::kCancelling) {
      done.goes_on_at = std::min(done.goes_on_at, paused->second.until);
    } else if (replay.state == ReplayState::kRunning && !replay.counts_only && !hasRoom()) {
      done.goes_on_at = std::min(done.goes_on_at, look_again_by_);
    } else if (tryStep(replay)) {
      done.is_done = false;
    }
  }
  return done;
}

bool ReplayRunner::mayHaveRoom() const { return context_.bus.recipients.handledCount() >= look_again_at_; }

// Counting what waits takes a look at each of it, so it is not done for each page. It is done once a second at least:
// fewer than kReplayLooksAgain may be handled, and no more for hours.
bool ReplayRunner::hasRoom() {
  if (deliveries_ > 0) return true;
  {
    MutexLock lock(mutex_);
    waits_for_room_ = true;  // first, so that no notification is missed
    if (!mayHaveRoom() && context_.bus.clock.runningTime() < look_again_by_) return false;
  }
  const std::uint64_t handled = context_.bus.recipients.handledCount();
  const std::size_t pending = context_.bus.recipients.pending(*context_.store.snapshot(), limits::kReplayPending);
  deliveries_ = limits::kReplayPending - std::min(pending, limits::kReplayPending);
  if (deliveries_ > 0) return true;
  look_again_by_ = context_.bus.clock.runningTime() + kReplayLooksAgainAfter;
  MutexLock lock(mutex_);
  look_again_at_ = handled + limits::kReplayLooksAgain;
  return false;
}

void ReplayRunner::warnOfFailure(const std::string& what) {
  if (!std::exchange(was_failing_, true)) context_.bus.warn("replays: failed, trying again: " + what);
}

// Returns whether the replay has more to do. What the archive refuses to one does not hold up the others.
bool ReplayRunner::tryStep(const Replay& replay) {
  try {
    return step(replay);
  } catch (const ArchiveFailed& error) {
    warnOfFailure(error.what());
    Pause& pause = paused_[replay.name];
    pause.until = context_.bus.clock.runningTime() + kReplayRetry;
    if (++pause.failures < kReadAttempts || replay.state != ReplayState::kRunning) return true;
    end(replay.name, ReplayState::kFailed, std::string("The archive cannot be read: ") + error.what());
    return false;
  }
}

bool ReplayRunner::step(const Replay& replay) {
  if (replay.state == ReplayState::kCancelling) {
    end(replay.name, ReplayState::kCancelled, {});
    return false;
  }
  const auto snapshot = context_.store.snapshot();
  const auto archive = context_.archives.find(*snapshot, replay.archive);
  if (!replay.isOfFile() && (!archive || archive->id != replay.archive_id)) {
    end(replay.name, ReplayState::kFailed, "Archive " + replay.archive + " does not exist.");
    return false;
  }
  if (!context_.bus.catalog.findBus(*snapshot, replay.bus)) {
    end(replay.name, ReplayState::kFailed, "Event bus " + replay.bus + " does not exist.");
    return false;
  }
  if (replay.state == ReplayState::kRunning) return replayPage(replay);
  begin(replay);
  return true;
}

void ReplayRunner::begin(const Replay& replay) {
  if (!context_.archive->drain()) throw ArchiveFailed("the archive cannot be written");
  std::optional<std::uint64_t> total;
  try {
    total = countOf(context_, replay);
  } catch (const ArchiveFailed&) {  // the page that cannot be read says it
  }
  context_.store.writeAndWait([&](Transaction& transaction) {
    auto now = context_.replays.find(transaction, replay.name);
    if (!now || now->state != ReplayState::kStarting) return;
    now->state = ReplayState::kRunning;
    now->total = total;
    context_.replays.put(transaction, *now);
  });
  paused_.erase(replay.name);
}

bool ReplayRunner::replayPage(const Replay& replay) {
  const ReplayPage page = pageOf(context_, replay, pieceOf(replay));
  if (page.is_end) {
    end(replay.name, ReplayState::kCompleted, {});
    return false;
  }
  sendPage(replay, page);
  paused_[replay.name] = {context_.bus.clock.runningTime() + durationOf(replay, page.events.size()), 0};
  return true;
}

void ReplayRunner::sendPage(const Replay& replay, const ReplayPage& page) {
  std::vector<Event> events;
  for (const ArchivedEvent& archived : page.events) {
    try {
      events.push_back(readEvent(withReplayName(archived.event, replay.name)));
    } catch (const std::invalid_argument& error) {  // a damaged file
      context_.bus.warn("replay " + replay.name + ": event " + archived.event_id + " was skipped: " + error.what());
    }
  }
  const RuleFilter filter = filterOf(replay);
  std::map<std::string, std::uint64_t> counts;
  if (replay.counts_only) counts = countMatches(*context_.store.snapshot(), context_.bus, replay.bus, events, filter);
  std::size_t delivered = 0;
  context_.store.writeAndWait([&](Transaction& transaction) {
    auto now = context_.replays.find(transaction, replay.name);
    if (!now || now->state != ReplayState::kRunning) return;
    for (const auto& [rule, count] : counts) now->counts[rule] += count;
    if (!now->counts_only) {
      for (const Event& event : events) delivered += routeEvent(transaction, context_.bus, replay.bus, event, filter);
    }
    now->replayed += events.size();
    now->skipped += page.events.size() - events.size();
    now->position = page.end;
    if (!events.empty()) now->last_replayed = events.back().time;
    context_.replays.put(transaction, *now);
  });
  deliveries_ -= std::min(delivered, deliveries_);
}

void ReplayRunner::end(const std::string& name, ReplayState state, const std::string& reason) {
  context_.store.writeAndWait([&](Transaction& transaction) {
    auto now = context_.replays.find(transaction, name);
    if (!now || !now->isActive()) return;
    // Cancelled while its last page was read.
    now->state = now->state == ReplayState::kCancelling ? ReplayState::kCancelled : state;
    now->state_reason = now->state == state ? reason : std::string();
    now->ended_at = context_.bus.clock.now();
    context_.replays.put(transaction, *now);
  });
}

}  // namespace ddblog::eventbridge
