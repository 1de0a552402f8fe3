#include "base/cloud_clock.h"

#include <utility>

namespace ddblog {

Timestamp CloudClock::now() const {
  MutexLock lock(mutex_);
  return time_.stands_at ? *time_.stands_at : machine_.now() + time_.offset;
}

void CloudClock::wait(MutexLock& lock, CondVar& condition, RunningTime deadline) {
  if (has_listener_) {
    MutexLock listening(listening_);
    if (listener_) listener_();
  }
  running_.wait(lock, condition, deadline);
}

// The time of day first: who wakes looks at it.
void CloudClock::move(Duration step) {
  {
    MutexLock lock(mutex_);
    if (time_.stands_at) {
      *time_.stands_at += step;
    } else {
      time_.offset += step;
    }
  }
  running_.move(step);
}

CloudClock::TimeOfDay CloudClock::timeOfDay() const {
  MutexLock lock(mutex_);
  return time_;
}

void CloudClock::setTimeOfDay(const TimeOfDay& time) {
  {
    MutexLock lock(mutex_);
    time_ = time;
  }
  running_.move(Duration(0));  // wakes those who look at the time of day
}

void CloudClock::freeze(bool freeze) {
  {
    MutexLock lock(mutex_);
    if (freeze == time_.stands_at.has_value()) return;
    const Timestamp machine = machine_.now();
    time_ =
        freeze ? TimeOfDay{time_.offset, machine + time_.offset} : TimeOfDay{*time_.stands_at - machine, std::nullopt};
  }
  running_.move(Duration(0));  // wakes those who look at the time of day
}

void CloudClock::listenToWaits(std::function<void()> listener) {
  MutexLock lock(listening_);
  has_listener_ = listener != nullptr;
  listener_ = std::move(listener);
}

}  // namespace ddblog
