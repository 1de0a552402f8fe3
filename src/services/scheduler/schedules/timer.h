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

#include <atomic>
#include <optional>

#include "rpc/due_thread.h"
#include "services/scheduler/schedules/context.h"
#include "store/commit_notifier.h"

namespace ddblog::scheduler {

class Timer {
 public:
  // `context` must outlive it.
  explicit Timer(const Context& context);

  void start();
  void stop();
  rpc::Activity activity() const { return thread_.activity(); }

 private:
  rpc::DueThread::Next work();
  // Invokes what is due; returns when more is.
  std::optional<Timestamp> invokeDue() const;
  // Takes the schedule out of what is due if it cannot be read; the others go on.
  bool tryInvoke(Transaction& transaction, const DueSchedule& due, Timestamp now) const;
  bool invoke(Transaction& transaction, const DueSchedule& due, Timestamp now) const;
  // Plans what has waited for its time zone, and has it now.
  void planStopped() const;
  // Returns whether there is more to delete.
  bool deleteGroups() const;

  const Context& context_;
  const Timestamp made_at_;  // what was due before has been missed; a template's schedules come later, before start()
  bool has_planned_stopped_ = false;             // the thread's own
  bool is_deleting_ = true;                      // the thread's own; the first look finds out
  std::atomic<bool> has_deleted_group_ = false;  // since the last look
  CommitNotifier::Subscription group_deleted_;
  rpc::DueThread thread_;
};

}  // namespace ddblog::scheduler
