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
  if (is_running_ && !stopping_ && (woken_ || !is_at_rest_)) activity.busy_with.push_back("events are replayed");
  return activity;
}

void ReplayRunner::run() {
  MutexLock lock(mutex_);
  while (!stopping_) {
    woken_ = false;
    is_at_rest_ = false;
    waits_for_room_ = false;
    lock.unlock();
    Pass done;
    try {
      done = pass();
      if (std::exchange(was_failing_, false)) context_.bus.warn("replays: work again");
    } catch (const std::exception& error) {
      done.has_failed = true;
      if (!std::exchange(was_failing_, true))
        context_.bus.warn(std::string("replays: failed, trying again: ") + error.what());
    }
    lock.lock();
    if (!done.is_done && !done.is_waiting && !done.has_failed) continue;
    is_at_rest_ = !done.has_failed;  // what it may wait for is busy itself, or waits for the clock
    ++changes_;
    Clock& clock = context_.bus.clock;
    const RunningTime until = done.has_failed ? clock.runningTime() + kReplayRetry : RunningTime::max();
    while (!stopping_ && !woken_ && clock.runningTime() < until) clock.wait(lock, changed_, until);
  }
}

ReplayRunner::Pass ReplayRunner::pass() {
  Pass done;
  for (const Replay& replay : context_.replays.all(*context_.store.snapshot())) {
    if (!replay.isActive()) continue;
    {
      MutexLock lock(mutex_);
      if (stopping_) return done;
    }
    if (replay.state == ReplayState::kRunning && !hasRoom()) {
      done.is_waiting = true;
      done.is_done = false;
    } else if (step(replay)) {
      done.is_done = false;
    }
  }
  return done;
}

bool ReplayRunner::mayHaveRoom() const { return context_.bus.recipients.handledCount() >= look_again_at_; }

// Counting what waits takes a look at each of it, so it is not done for each page.
bool ReplayRunner::hasRoom() {
  if (deliveries_ > 0) return true;
  {
    MutexLock lock(mutex_);
    waits_for_room_ = true;  // first, so that no notification is missed
    if (!mayHaveRoom()) return false;
  }
  const std::uint64_t handled = context_.bus.recipients.handledCount();
  const std::size_t pending = context_.bus.recipients.pending(*context_.store.snapshot(), limits::kReplayPending);
  deliveries_ = limits::kReplayPending - std::min(pending, limits::kReplayPending);
  if (deliveries_ > 0) return true;
  MutexLock lock(mutex_);
  look_again_at_ = handled + limits::kReplayLooksAgain;
  return false;
}

// Returns whether the replay has more to do.
bool ReplayRunner::step(const Replay& replay) {
  if (replay.state == ReplayState::kCancelling) {
    end(replay.name, ReplayState::kCancelled, {});
    return false;
  }
  const auto snapshot = context_.store.snapshot();
  const auto archive = context_.archives.find(*snapshot, replay.archive);
  if (!archive || archive->id != replay.archive_id) {
    end(replay.name, ReplayState::kFailed, "Archive " + replay.archive + " does not exist.");
    return false;
  }
  if (!context_.bus.catalog.findBus(*snapshot, replay.bus)) {
    end(replay.name, ReplayState::kFailed, "Event bus " + replay.bus + " does not exist.");
    return false;
  }
  if (replay.state == ReplayState::kRunning) {
    replayPage(replay);
    return true;
  }
  if (!context_.archive->drain()) throw ArchiveFailed("the archive cannot be written");
  context_.store.writeAndWait([&](Transaction& transaction) {
    auto now = context_.replays.find(transaction, replay.name);
    if (!now || now->state != ReplayState::kStarting) return;
    now->state = ReplayState::kRunning;
    context_.replays.put(transaction, *now);
  });
  return true;
}

void ReplayRunner::replayPage(const Replay& replay) {
  const auto archive = context_.archives.find(*context_.store.snapshot(), replay.archive);
  const auto oldest = archive ? archive->keepsFrom(context_.bus.clock.now()) : std::nullopt;
  const Timestamp from = std::max(replay.events_from, oldest.value_or(replay.events_from));
  const ArchivePage page = context_.archive->file().keptPage({replay.archive_id, from, replay.events_to},
                                                             replay.position, limits::kReplayedAtATime);
  if (page.events.empty()) return end(replay.name, ReplayState::kCompleted, {});
  std::vector<Event> events;
  for (const ArchivedEvent& archived : page.events) {
    try {
      events.push_back(readEvent(withReplayName(archived.event, replay.name)));
    } catch (const std::invalid_argument& error) {  // a damaged file
      context_.bus.warn("replay " + replay.name + ": event " + archived.event_id + " was skipped: " + error.what());
    }
  }
  RuleFilter filter;
  if (!replay.rule_arns.empty()) {
    filter = [&replay](std::string_view arn) {
      return std::find(replay.rule_arns.begin(), replay.rule_arns.end(), arn) != replay.rule_arns.end();
    };
  }
  std::size_t delivered = 0;
  context_.store.writeAndWait([&](Transaction& transaction) {
    auto now = context_.replays.find(transaction, replay.name);
    if (!now || now->state != ReplayState::kRunning) return;
    for (const Event& event : events) delivered += routeEvent(transaction, context_.bus, replay.bus, event, filter);
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
