// Invokes a schedule's target: a function, a queue or a bus, and whatever else takes messages here.
//
// The target gets the Input, in which the context attributes are replaced:
//
//   <aws.scheduler.schedule-arn>    <aws.scheduler.scheduled-time>
//   <aws.scheduler.execution-id>    <aws.scheduler.attempt-number>
//
// Without an Input it gets an event {"source": "aws.scheduler", "detail-type": "Scheduled Event", …,
// "detail": "{}"}. A bus gets an event whose detail is the Input, with the Source and DetailType of
// EventBridgeParameters.
//
// Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
// and https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html
// Thread safety: used on the writer thread.
#pragma once

#include "base/clock.h"
#include "services/scheduler/schedules/context.h"
#include "store/store.h"

namespace ddblog::scheduler {

void invokeTarget(Transaction& transaction, const Context& context, const Schedule& schedule, Timestamp scheduled_at);

}  // namespace ddblog::scheduler
