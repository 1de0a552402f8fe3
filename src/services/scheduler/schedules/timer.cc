#include "services/scheduler/schedules/timer.h"

#include <algorithm>
#include <exception>
#include <string>
#include <vector>

#include "base/json_fields.h"
#include "services/scheduler/schedules/invocation.h"
#include "services/scheduler/schedules/limits.h"
#include "services/scheduler/schedules/occurrences.h"

namespace ddblog::scheduler {
namespace {

constexpr std::size_t kAtATime = 100;         // schedules per command
constexpr std::size_t kDeletedAtATime = 500;  // schedules per command
constexpr std::chrono::minutes kLongestWait{1};

void planAgain(Transaction& transaction, const Context& context, const DueSchedule& stopped) {
  try {
    const auto schedule = context.catalog.find(transaction, stopped.group, stopped.name);
    const auto planned = context.catalog.nextOf(transaction, stopped.group, stopped.name);
    if (!schedule || !planned || planned->due_at != stopped.due_at) return;  // changed meanwhile
    context.catalog.plan(transaction, *schedule, planned->scheduled_at);
  } catch (const StoreFailed&) {
    throw;
  } catch (const std::exception& error) {  // it has no time zone still, or is damaged
    context.warn("schedule " + stopped.group + "/" + stopped.name + " does not run: " + error.what());
  }
}

}  // namespace

Timer::Timer(const Context& context)
    : context_(context),
      made_at_(context.clock.now()),
      thread_(context.clock, context.warn, {"EventBridge Scheduler", "schedules invoke their targets"},
              [this](bool) { return work(); }) {}

void Timer::start() {
  group_deleted_ = context_.catalog.groupDeleted().listen([this] {
    has_deleted_group_ = true;
    context_.catalog.changed().notify();
  });
  thread_.start(context_.catalog.changed());
}

void Timer::stop() {
  group_deleted_ = {};
  thread_.stop();
}

rpc::DueThread::Next Timer::work() {
  if (!has_planned_stopped_) planStopped();
  has_planned_stopped_ = true;
  if (has_deleted_group_.exchange(false)) is_deleting_ = true;  // first, so that one that is deleted now is not missed
  if (is_deleting_) is_deleting_ = deleteGroups();
  // Read before invokeDue, so that a move of the clock in between makes the wait shorter.
  const RunningTime now = context_.clock.runningTime();
  const Timestamp today = context_.clock.now();
  rpc::DueThread::Next next{RunningTime::max()};
  if (const auto due = invokeDue()) {
    // What is due in 2199 is looked at in a year.
    const Duration wait = std::min<Duration>(*due - today, std::chrono::hours(24 * 366));
    next.due = now + std::max(wait, Duration(0));
    next.look_again = now + kLongestWait;
  }
  if (is_deleting_) next.due = now;
  return next;
}

std::optional<Timestamp> Timer::invokeDue() const {
  const Timestamp now = context_.clock.now();
  std::vector<DueSchedule> due = firstDue(*context_.store.snapshot(), kAtATime);
  std::erase_if(due, [&](const DueSchedule& schedule) { return schedule.due_at > now; });
  if (due.empty()) {
    const auto next = firstDue(*context_.store.snapshot(), 1);
    return next.empty() ? std::nullopt : std::optional(next.front().due_at);
  }
  context_.store.writeAndWait([&](Transaction& transaction) {
    for (const DueSchedule& schedule : due) {
      if (tryInvoke(transaction, schedule, now)) break;  // the others are in the next command
    }
  });
  return now;  // look again
}

// Whether it was much work.
bool Timer::tryInvoke(Transaction& transaction, const DueSchedule& due, Timestamp now) const {
  try {
    return invoke(transaction, due, now);
  } catch (const StoreFailed&) {
    throw;
  } catch (const NoTimeZone& error) {
    context_.warn("schedule " + due.group + "/" + due.name + " stops: " + error.what());
  } catch (const std::exception& error) {
    context_.warn("schedule " + due.group + "/" + due.name + " stops until it is updated: " + error.what());
    context_.catalog.dropDue(transaction, due);
  }
  return false;
}

void Timer::planStopped() const {
  std::optional<DueSchedule> after;
  for (;;) {
    const std::vector<DueSchedule> stopped = withoutTimeZone(*context_.store.snapshot(), after, kAtATime);
    if (stopped.empty()) return;
    after = stopped.back();
    context_.store.writeAndWait([&](Transaction& transaction) {
      for (const DueSchedule& one : stopped) planAgain(transaction, context_, one);
    });
  }
}

// Whether it was much work: an operation of a service may take as long as a command may.
bool Timer::invoke(Transaction& transaction, const DueSchedule& due, Timestamp now) const {
  const auto planned = context_.catalog.nextOf(transaction, due.group, due.name);
  const auto schedule = context_.catalog.find(transaction, due.group, due.name);
  if (!planned || planned->due_at != due.due_at || !schedule) return false;  // changed meanwhile
  const bool was_missed = planned->scheduled_at + schedule->window() < made_at_ && !isOnce(*schedule);
  if (!was_missed) invokeTarget(transaction, context_, *schedule, planned->scheduled_at);
  // Times that are over, with their windows, are left out.
  const Timestamp from = std::max(planned->scheduled_at + Duration(1), now - schedule->window());
  context_.catalog.plan(transaction, *schedule, from);
  return !was_missed && UniversalTargets::isUniversal(textOf(schedule->target, "Arn"));
}

bool Timer::deleteGroups() const {
  const ListRequest all{.prefix = {}, .token = {}, .limit = limits::kGroups};
  for (const Group& group : context_.catalog.groups(*context_.store.snapshot(), all).entries) {
    if (!group.is_being_deleted) continue;
    context_.store.writeAndWait([&](Transaction& transaction) {
      const auto now = context_.catalog.findGroup(transaction, group.name);
      if (!now || !now->is_being_deleted) return;  // made anew meanwhile
      const std::size_t erased = context_.catalog.eraseSome(transaction, group.name, kDeletedAtATime);
      if (erased < kDeletedAtATime) context_.catalog.eraseGroup(transaction, group.name);
    });
    return true;
  }
  return false;
}

}  // namespace ddblog::scheduler
