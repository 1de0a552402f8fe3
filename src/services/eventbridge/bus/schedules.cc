#include "services/eventbridge/bus/schedules.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

#include "services/eventbridge/bus/event.h"
#include "services/eventbridge/bus/route_event.h"

namespace ddblog::eventbridge {
namespace {

constexpr Duration kAfterStoreFailure{1000};
constexpr std::chrono::minutes kLongestWait{1};

}  // namespace

void Schedules::start() {
  if (thread_.joinable()) return;
  subscription_ = context_.catalog.defaultBusChanged().listen([this] {
    MutexLock lock(mutex_);
    woken_ = true;
    changed_.notifyAll();
  });
  started_at_ = context_.clock.now();
  MutexLock lock(mutex_);
  is_running_ = true;
  thread_ = std::thread([this] { run(); });
}

void Schedules::stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notifyAll();
  }
  if (thread_.joinable()) thread_.join();
  subscription_ = {};
}

rpc::Activity Schedules::activity() const {
  rpc::Activity activity;
  MutexLock lock(mutex_);
  activity.changes = changes_;
  if (!is_running_ || stopping_) return activity;
  if (woken_ || rests_until_ <= context_.clock.runningTime()) {
    activity.busy_with.push_back("scheduled events are sent");
  } else {
    activity.next_due = rests_until_;
  }
  return activity;
}

void Schedules::run() {
  MutexLock lock(mutex_);
  while (!stopping_) {
    needs_load_ |= std::exchange(woken_, false);
    rests_until_ = RunningTime::min();
    lock.unlock();
    RunningTime next = RunningTime::max();
    try {
      if (needs_load_) load();
      needs_load_ = false;
      // Read before sendDue, so that a move of the clock in between makes the wait shorter.
      const RunningTime now = context_.clock.runningTime();
      const Timestamp today = context_.clock.now();
      if (const auto due = sendDue()) next = now + std::max(*due - today, Duration(0));
      if (std::exchange(was_failing_, false)) context_.warn("schedules: work again");
    } catch (const std::exception& error) {
      next = context_.clock.runningTime() + kAfterStoreFailure;
      if (!std::exchange(was_failing_, true))
        context_.warn(std::string("schedules: failed, trying again: ") + error.what());
    }
    lock.lock();
    rests_until_ = next;
    ++changes_;
    // The time of day goes on while the machine sleeps, and people set it: so it is looked at again.
    if (!schedules_.empty()) next = std::min(next, context_.clock.runningTime() + kLongestWait);
    while (!stopping_ && !woken_ && context_.clock.runningTime() < next) context_.clock.wait(lock, changed_, next);
  }
}

void Schedules::load() {
  std::vector<Scheduled> loaded;
  context_.catalog.forEachRule(*context_.store.snapshot(), kDefaultBus, [&](const Rule& rule) {
    if (rule.schedule.empty() || !rule.enabled()) return;
    Scheduled scheduled{rule.name, rule.schedule, rule.scheduled_since, ScheduleExpression(rule.schedule), {}};
    const auto before = std::find_if(schedules_.begin(), schedules_.end(), [&](const Scheduled& other) {
      return other.rule == rule.name && other.text == rule.schedule && other.since == rule.scheduled_since;
    });
    const Timestamp from = std::max(started_at_, rule.scheduled_since);
    scheduled.due = before == schedules_.end() ? scheduled.expression.next(from, rule.scheduled_since) : before->due;
    loaded.push_back(std::move(scheduled));
  });
  schedules_ = std::move(loaded);
}

std::optional<Timestamp> Schedules::sendDue() {
  std::optional<Timestamp> first;
  const Timestamp now = context_.clock.now();
  for (Scheduled& scheduled : schedules_) {
    if (scheduled.due && *scheduled.due <= now) {
      send(scheduled);
      scheduled.due = scheduled.expression.next(now, scheduled.since);
    }
    if (scheduled.due && (!first || *scheduled.due < *first)) first = scheduled.due;
  }
  return first;
}

void Schedules::send(const Scheduled& scheduled) const {
  NewEvent event;
  event.id = context_.ids.uuid();
  event.source = "aws.events";
  event.detail_type = "Scheduled Event";
  event.detail = "{}";
  event.resources = {context_.arns.rule(kDefaultBus, scheduled.rule)};
  event.time = *scheduled.due;
  const Event made = makeEvent(event, context_.region, context_.account_id);
  context_.store.writeAndWait([&](Transaction& transaction) {
    const auto rule = context_.catalog.findRule(transaction, kDefaultBus, scheduled.rule);
    if (rule && rule->enabled() && rule->schedule == scheduled.text) {
      sendToRule(transaction, context_, kDefaultBus, scheduled.rule, made);
    }
  });
}

}  // namespace ddblog::eventbridge
