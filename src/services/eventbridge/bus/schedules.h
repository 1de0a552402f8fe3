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
// Thread safety: all methods may be called from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "base/thread_annotations.h"
#include "rpc/activity.h"
#include "services/eventbridge/bus/context.h"
#include "services/eventbridge/bus/schedule_expression.h"

namespace ddblog::eventbridge {

class Schedules {
 public:
  // `context` must outlive it.
  explicit Schedules(const Context& context) : context_(context) {}
  ~Schedules() { stop(); }
  Schedules(const Schedules&) = delete;

  void start();
  void stop();
  rpc::Activity activity() const;

 private:
  struct Scheduled {
    std::string rule;
    std::string text;
    Timestamp since;
    ScheduleExpression expression;
    std::optional<Timestamp> due;
  };

  void run();
  // Reads the rules; what has not changed keeps its due time.
  void load();
  // Sends what is due; returns when more is.
  std::optional<Timestamp> sendDue();
  void send(const Scheduled& scheduled) const;

  const Context& context_;
  mutable Mutex mutex_;
  CondVar changed_;
  bool is_running_ GUARDED_BY(mutex_) = false;
  bool stopping_ GUARDED_BY(mutex_) = false;
  bool woken_ GUARDED_BY(mutex_) = true;
  RunningTime rests_until_ GUARDED_BY(mutex_) = RunningTime::min();  // min: it does not rest
  std::uint64_t changes_ GUARDED_BY(mutex_) = 0;
  Timestamp started_at_;
  std::vector<Scheduled> schedules_;  // the thread's own
  bool was_failing_ = false;          // the thread's own
  bool needs_load_ = false;           // the thread's own
  CommitNotifier::Subscription subscription_;
  std::thread thread_;
};

}  // namespace ddblog::eventbridge
