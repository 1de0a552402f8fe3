// Invokes the targets of schedules when they are due, and deletes what is over: schedules with
// ActionAfterCompletion DELETE after their last occurrence, and the schedules of deleted groups. On
// a thread that waits for the next of these.
//
// Up to kAtATime schedules are one command, with the plan of their next occurrences: a crash neither
// loses an invocation nor repeats it. It looks at the time of day once a minute at least, because
// that goes on while the machine sleeps.
//
// What the cloud missed, because it did not run or because its clock jumped:
//
//   at            is invoked late
//   rate, cron    are invoked once, late, if the clock jumped past one or more of their times or if the
//                 flexible time window of the last one has not ended; else not
//
// Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-flexible-time-windows.html
// Thread safety: as rpc::DueThread.
#pragma once

#include <optional>

#include "rpc/due_thread.h"
#include "services/scheduler/schedules/context.h"

namespace ddblog::scheduler {

class Timer {
 public:
  // `context` must outlive it.
  explicit Timer(const Context& context);

  void start();
  void stop() { thread_.stop(); }
  rpc::Activity activity() const { return thread_.activity(); }

 private:
  rpc::DueThread::Next work(bool schedules_changed);
  // Invokes what is due; returns when more is.
  std::optional<Timestamp> invokeDue() const;
  void invoke(Transaction& transaction, const DueSchedule& due, Timestamp now) const;
  // Returns whether there is more to delete.
  bool deleteGroups() const;

  const Context& context_;
  Timestamp started_at_;
  bool is_deleting_ = false;  // the thread's own
  rpc::DueThread thread_;
};

}  // namespace ddblog::scheduler
