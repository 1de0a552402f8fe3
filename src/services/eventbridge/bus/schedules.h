// Runs the schedules of the rules of the default bus, on a thread that waits for the next one.
//
// When a rule is due, its targets get an event:
//
//   {"source": "aws.events", "detail-type": "Scheduled Event", "time": when it was due,
//    "resources": [the rule's ARN], "detail": {}, …}
//
// It looks at the time of day once a minute at least, because that goes on while the machine sleeps.
// Its deliveries are one command. Times at which the cloud did not run are not made up for. If the
// clock jumps past several of a rule's times, the rule is due once. If the store fails, the log gets
// one line, and the event comes when the store works again.
//
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html
// Thread safety: as rpc::DueThread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rpc/due_thread.h"
#include "schedules/schedule_expression.h"
#include "services/eventbridge/bus/context.h"

namespace ddblog::eventbridge {

class Schedules {
 public:
  // `context` must outlive it.
  explicit Schedules(const Context& context);

  void start();
  void stop() { thread_.stop(); }
  rpc::Activity activity() const { return thread_.activity(); }

 private:
  struct Scheduled {
    std::string rule;
    std::string text;
    Timestamp since;
    schedules::ScheduleExpression expression;
    std::optional<Timestamp> due;
  };

  rpc::DueThread::Next work(bool rules_changed);
  // Reads the rules; what has not changed keeps its due time.
  void load();
  // Sends what is due; returns when more is.
  std::optional<Timestamp> sendDue();
  void send(const Scheduled& scheduled) const;

  const Context& context_;
  Timestamp started_at_;
  std::vector<Scheduled> schedules_;  // the thread's own
  rpc::DueThread thread_;
};

}  // namespace ddblog::eventbridge
