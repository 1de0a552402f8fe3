#include "base/clock.h"

#include <algorithm>
#include <charconv>
#include <list>
#include <stdexcept>
#include <thread>

namespace ddblog {

namespace {

// A thread inside AdjustableClock::wait. `guard` guards `over`. The mutex and the condition are the
// caller's and exist while `over` is false.
struct Waiter {
  Mutex guard;
  bool over GUARDED_BY(guard) = false;
  Mutex* mutex;
  CondVar* condition;
};

// Wakes one waiter. Its mutex must be held while notifying, or a waiter that is about to wait would
// miss the notification. Locking it outright could deadlock with a waiter that has woken up and
// wants `guard`, so this uses try_lock.
void wake(Waiter& waiter) {
  for (;;) {
    MutexLock guard(waiter.guard);
    if (waiter.over) return;
    if (waiter.mutex->tryLock()) {
      waiter.condition->notifyAll();
      waiter.mutex->unlock();
      return;
    }
    guard.unlock();
    std::this_thread::yield();
  }
}

// So that a wait reads the clock often enough (kLongestStep).
constexpr std::chrono::minutes kLongestWait{1};

}  // namespace

TimeSource systemTime() {
  return {[] { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); },
          [] { return std::chrono::steady_clock::now(); }};
}

struct AdjustableClock::State {
  explicit State(TimeSource times) : source(std::move(times)), read_at(source.steady()) {}

  // Counts the whole milliseconds that the steady clock has advanced since the last reading.
  void advance() REQUIRES(mutex) {
    if (frozen) return;
    const auto passed = std::chrono::floor<Duration>(source.steady() - read_at);
    running += std::clamp<Duration>(passed, Duration(0), kLongestStep);
    read_at += passed;
  }

  const TimeSource source;
  Mutex mutex;
  bool frozen GUARDED_BY(mutex) = false;
  Timestamp frozen_now GUARDED_BY(mutex);
  Duration offset GUARDED_BY(mutex){0};  // of the time of day
  std::chrono::steady_clock::time_point read_at GUARDED_BY(mutex);
  RunningTime running GUARDED_BY(mutex);
  std::list<std::shared_ptr<Waiter>> waiters GUARDED_BY(mutex);
};

AdjustableClock::AdjustableClock(Start start, Timestamp frozen_at) : AdjustableClock(systemTime()) {
  if (start != Start::kFrozen) return;
  MutexLock lock(state_->mutex);
  state_->frozen = true;
  state_->frozen_now = frozen_at;
  state_->running = RunningTime(frozen_at.time_since_epoch());
}

AdjustableClock::AdjustableClock(TimeSource source) : state_(std::make_unique<State>(std::move(source))) {
  MutexLock lock(state_->mutex);
  state_->running = RunningTime(state_->source.time_of_day().time_since_epoch());
}

AdjustableClock::~AdjustableClock() = default;

Timestamp AdjustableClock::now() const {
  MutexLock lock(state_->mutex);
  return state_->frozen ? state_->frozen_now : state_->source.time_of_day() + state_->offset;
}

RunningTime AdjustableClock::runningTime() const {
  MutexLock lock(state_->mutex);
  state_->advance();
  return state_->running;
}

void AdjustableClock::wait(MutexLock& lock, CondVar& condition, RunningTime deadline) {
  auto waiter = std::make_shared<Waiter>();
  waiter->mutex = &lock.mutex();
  waiter->condition = &condition;
  std::list<std::shared_ptr<Waiter>>::iterator place;
  bool without_deadline = deadline == RunningTime::max();
  {
    MutexLock state_lock(state_->mutex);
    place = state_->waiters.insert(state_->waiters.end(), waiter);
    without_deadline = without_deadline || state_->frozen;
  }
  const RunningTime current = runningTime();
  if (current < deadline) {
    if (without_deadline) {
      condition.wait(lock);
    } else {
      const Duration step = std::min<Duration>(deadline - current, kLongestWait);
      condition.waitUntil(lock, std::chrono::steady_clock::now() + step);
    }
  }
  {
    MutexLock guard(waiter->guard);
    waiter->over = true;
  }
  MutexLock state_lock(state_->mutex);
  state_->waiters.erase(place);
}

void AdjustableClock::move(Duration step) {
  {
    MutexLock lock(state_->mutex);
    state_->advance();
    state_->running += std::max(step, Duration(0));
    if (state_->frozen) {
      state_->frozen_now += step;
    } else {
      state_->offset += step;
    }
  }
  wakeAll();
}

void AdjustableClock::continueFrom(RunningTime reached) {
  {
    MutexLock lock(state_->mutex);
    state_->advance();
    state_->running = reached;
  }
  wakeAll();
}

void AdjustableClock::wakeAll() {
  std::list<std::shared_ptr<Waiter>> waiters;
  {
    MutexLock lock(state_->mutex);
    waiters = state_->waiters;
  }
  for (auto& waiter : waiters) wake(*waiter);
}

namespace {

// At least so many digits.
void appendDigits(std::string& text, std::int64_t number, std::size_t digits) {
  const std::string shown = std::to_string(number);
  if (shown.size() < digits) text.append(digits - shown.size(), '0');
  text += shown;
}

}  // namespace

// Without strftime, which looks at the locale and the time zone first.
std::string toIso8601(Timestamp time, bool milliseconds) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::string text;
  text.reserve(sizeof("2026-11-22T09:00:00.000Z"));
  const auto append = [&text](std::int64_t number, std::size_t digits, char next) {
    appendDigits(text, number, digits);
    text += next;
  };
  append(static_cast<int>(date.year()), 4, '-');
  append(static_cast<unsigned>(date.month()), 2, '-');
  append(static_cast<unsigned>(date.day()), 2, 'T');
  append(clock.hours().count(), 2, ':');
  append(clock.minutes().count(), 2, ':');
  append(clock.seconds().count(), 2, milliseconds ? '.' : 'Z');
  if (milliseconds) append(clock.subseconds().count(), 3, 'Z');
  return text;
}

namespace {

// Takes `digits` decimal digits from the front of `text`.
int takeNumber(std::string_view& text, std::size_t digits) {
  int number = 0;
  if (text.size() < digits) throw std::invalid_argument("too short");
  auto [end, error] = std::from_chars(text.data(), text.data() + digits, number);
  if (error != std::errc() || end != text.data() + digits || text[0] == '-')
    throw std::invalid_argument("not a number");
  text.remove_prefix(digits);
  return number;
}

void take(std::string_view& text, char expected) {
  if (text.empty() || text[0] != expected) throw std::invalid_argument(std::string("'") + expected + "' is missing");
  text.remove_prefix(1);
}

Duration takeFraction(std::string_view& text) {
  Duration fraction{0};
  int scale = 100;
  std::size_t digits = 0;
  for (text.remove_prefix(1); !text.empty() && text[0] >= '0' && text[0] <= '9'; text.remove_prefix(1), ++digits) {
    fraction += Duration((text[0] - '0') * scale);
    scale /= 10;
  }
  if (digits == 0) throw std::invalid_argument("no digits after the point");
  return fraction;
}

Duration takeOffset(std::string_view& text) {
  if (text.empty()) throw std::invalid_argument("no time zone: write Z for UTC");
  if (text[0] == 'Z' || text[0] == 'z') {
    text.remove_prefix(1);
    return Duration{0};
  }
  const bool west = text[0] == '-';
  if (!west) {
    take(text, '+');
  } else {
    text.remove_prefix(1);
  }
  const int hours = takeNumber(text, 2);
  if (!text.empty() && text[0] == ':') text.remove_prefix(1);
  const int minutes = takeNumber(text, 2);
  const Duration offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
  return west ? -offset : offset;
}

}  // namespace

Timestamp fromIso8601(std::string_view whole) {
  std::string_view text = whole;
  try {
    using namespace std::chrono;
    const int y = takeNumber(text, 4);
    take(text, '-');
    const int m = takeNumber(text, 2);
    take(text, '-');
    const int d = takeNumber(text, 2);
    const year_month_day date{year(y), month(m), day(d)};
    if (!date.ok()) throw std::invalid_argument("there is no such day");
    Timestamp time = sys_days(date);
    if (text.empty()) return time;
    if (text[0] != 'T' && text[0] != 't' && text[0] != ' ') throw std::invalid_argument("'T' is missing");
    text.remove_prefix(1);
    const int hour = takeNumber(text, 2);
    take(text, ':');
    const int minute = takeNumber(text, 2);
    int second = 0;
    if (!text.empty() && text[0] == ':') {
      take(text, ':');
      second = takeNumber(text, 2);
    }
    if (hour > 23 || minute > 59 || second > 60) throw std::invalid_argument("there is no such time of day");
    time += hours(hour) + minutes(minute) + seconds(second);
    if (!text.empty() && text[0] == '.') time += takeFraction(text);
    time -= takeOffset(text);
    if (!text.empty()) throw std::invalid_argument("something follows");
    return time;
  } catch (const std::invalid_argument& e) {
    throw std::invalid_argument("'" + std::string(whole.substr(0, 64)) + "' is not an ISO 8601 time: " + e.what());
  }
}

double toEpochSeconds(Timestamp time) { return static_cast<double>(time.time_since_epoch().count()) / 1000.0; }

}  // namespace ddblog
