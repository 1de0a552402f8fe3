#include "services/scheduler/schedules/timer.h"

#include <algorithm>
#include <string>
#include <vector>

#include "services/scheduler/schedules/invocation.h"
#include "services/scheduler/schedules/limits.h"
#include "services/scheduler/schedules/occurrences.h"

namespace ddblog::scheduler {
namespace {

constexpr std::size_t kAtATime = 100;         // schedules per command
constexpr std::size_t kDeletedAtATime = 500;  // schedules per command
constexpr std::chrono::minutes kLongestWait{1};

}  // namespace

Timer::Timer(const Context& context)
    : context_(context),
      thread_(context.clock, context.warn, {"EventBridge Scheduler", "schedules invoke their targets"},
              [this](bool schedules_changed) { return work(schedules_changed); }) {}

void Timer::start() {
  started_at_ = context_.clock.now();
  thread_.start(context_.catalog.changed());
}

rpc::DueThread::Next Timer::work(bool schedules_changed) {
  if (schedules_changed || is_deleting_) is_deleting_ = deleteGroups();
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
    for (const DueSchedule& schedule : due) invoke(transaction, schedule, now);
  });
  return now;  // look again
}

void Timer::invoke(Transaction& transaction, const DueSchedule& due, Timestamp now) const {
  const auto planned = context_.catalog.nextOf(transaction, due.group, due.name);
  const auto schedule = context_.catalog.find(transaction, due.group, due.name);
  if (!planned || planned->due_at != due.due_at || !schedule) return;  // changed meanwhile
  const bool was_missed = planned->scheduled_at + schedule->window() < started_at_ && !isOnce(*schedule);
  if (!was_missed) invokeTarget(transaction, context_, *schedule, planned->scheduled_at);
  // Times that are over, with their windows, are left out.
  const Timestamp from = std::max(planned->scheduled_at + Duration(1), now - schedule->window());
  bool goes_on = true;
  try {
    goes_on = context_.catalog.plan(transaction, *schedule, from);
  } catch (const NoTimeZone& error) {
    context_.warn("schedule " + due.group + "/" + due.name + " stops: " + error.what());
  }
  if (!goes_on && schedule->action_after_completion == "DELETE") {
    context_.catalog.erase(transaction, schedule->group, schedule->name);
  }
}

bool Timer::deleteGroups() const {
  const ListRequest all{.prefix = {}, .token = {}, .limit = limits::kGroups};
  for (const Group& group : context_.catalog.groups(*context_.store.snapshot(), all).entries) {
    if (!group.is_being_deleted) continue;
    context_.store.writeAndWait([&](Transaction& transaction) {
      const std::size_t erased = context_.catalog.eraseSome(transaction, group.name, kDeletedAtATime);
      if (erased < kDeletedAtATime) context_.catalog.eraseGroup(transaction, group.name);
    });
    return true;
  }
  return false;
}

}  // namespace ddblog::scheduler
