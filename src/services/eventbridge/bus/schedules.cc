#include "services/eventbridge/bus/schedules.h"

#include <algorithm>
#include <utility>

#include "services/eventbridge/bus/event.h"
#include "services/eventbridge/bus/route_event.h"

namespace ddblog::eventbridge {
namespace {

constexpr std::chrono::minutes kLongestWait{1};

}  // namespace

Schedules::Schedules(const Context& context)
    : context_(context),
      thread_(context.clock, context.warn, {"schedules", "scheduled events are sent"},
              [this](bool rules_changed) { return work(rules_changed); }) {}

void Schedules::start() {
  started_at_ = context_.clock.now();
  thread_.start(context_.catalog.defaultBusChanged());
}

rpc::DueThread::Next Schedules::work(bool rules_changed) {
  if (rules_changed) load();
  // Read before sendDue, so that a move of the clock in between makes the wait shorter.
  const RunningTime now = context_.clock.runningTime();
  const Timestamp today = context_.clock.now();
  rpc::DueThread::Next next{RunningTime::max()};
  if (const auto due = sendDue()) next.due = now + std::max(*due - today, Duration(0));
  // The time of day goes on while the machine sleeps, and people set it: so it is looked at again.
  if (!schedules_.empty()) next.look_again = context_.clock.runningTime() + kLongestWait;
  return next;
}

void Schedules::load() {
  std::vector<Scheduled> loaded;
  context_.catalog.forEachRule(*context_.store.snapshot(), kDefaultBus, [&](const Rule& rule) {
    if (rule.schedule.empty() || !rule.enabled()) return;
    Scheduled scheduled{
        rule.name, rule.schedule, rule.scheduled_since, schedules::ScheduleExpression(rule.schedule), {}};
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
