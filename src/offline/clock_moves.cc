#include "offline/clock_moves.h"

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/api_error.h"
#include "base/json_writer.h"
#include "offline/later.h"
#include "rpc/request_reader.h"
#include "rpc/synchronous.h"

namespace ddblog::offline {
namespace {

// Ten years: a typo must not move the clock to a time that cannot be formatted.
constexpr std::int64_t kLargestMove = 10LL * 366 * 24 * 3600 * 1000;

ApiError notSettled(Duration moved, Duration whole, const std::vector<std::string>& busy_with) {
  std::string text = "The clock moved by " + std::to_string(moved.count()) + " of " + std::to_string(whole.count()) +
                     " ms. What is due comes first, and it is not done: ";
  for (const std::string& work : busy_with) text += work + "; ";
  text += "move it again to go on, or with \"settle\": false to jump";
  return ApiError("ClockNotSettled", text, 409);
}

}  // namespace

ClockMoves::Way ClockMoves::wayOf(rpc::ObjectReader& fields, Timestamp now) {
  const auto milliseconds = fields.integer("move", {.min = -kLargestMove, .max = kLargestMove});
  const auto time = fields.string("set");
  if (milliseconds && time) throw validationError("Say either \"move\" or \"set\"");
  if (!time) return {Duration(milliseconds.value_or(0)), std::nullopt};
  try {
    const Way way{Duration(0), fromIso8601(*time)};
    const Duration step = way.from(now);
    if (step < Duration(-kLargestMove) || step > Duration(kLargestMove)) {
      throw validationError("\"set\": the clock moves by ten years at most");
    }
    return way;
  } catch (const std::invalid_argument& error) {
    throw validationError(std::string("\"set\": ") + error.what());
  }
}

void ClockMoves::addRoutes(rpc::RestApi& api) {
  api.add("GET", "/_local/clock", "GetClock", rpc::synchronous([this](const rpc::Request&) { return answer(); }));
  api.add("POST", "/_local/clock", "MoveClock",
          answeringLater(
              [this](const rpc::Request& request, rpc::Callback respond) { receive(request, std::move(respond)); }));
}

rpc::Response ClockMoves::answer() const {
  const CloudClock::TimeOfDay time = dependencies_.clock.timeOfDay();
  const Timestamp now = dependencies_.clock.now();
  const Duration offset = time.stands_at ? now - dependencies_.real_time.now() : time.offset;
  rpc::Response answer;
  JsonWriter json(answer.body);
  json.beginObject().key("now").value(toIso8601(now, true)).key("frozen").value(time.stands_at.has_value());
  json.key("offset").value(std::int64_t{offset.count()}).endObject();
  return answer;
}

void ClockMoves::receive(const rpc::Request& request, rpc::Callback respond) {
  rpc::RequestReader reader(request);
  const auto freezes = reader.fields().boolean("freeze");
  const bool is_real = reader.fields().boolean("real").value_or(false);
  const bool settles = reader.fields().boolean("settle").value_or(true);
  const Way way = wayOf(reader.fields(), dependencies_.clock.now());
  reader.finish();
  if (is_real && (reader.fields().has("move") || reader.fields().has("set"))) {
    throw validationError("\"real\" goes with neither \"move\" nor \"set\"");
  }
  Duration step(0);
  {
    MutexLock lock(mutex_);
    const bool waits = settles && way.from(dependencies_.clock.now()) > Duration(0);
    if (waits && ended_) throw cloudIsStopping();
    if (waits && waiting_.size() >= kMostWaiting) {
      throw ApiError("ClockIsMoving", std::to_string(kMostWaiting) + " moves of the clock wait already", 429);
    }
    if (is_real) dependencies_.clock.setTimeOfDay({});
    if (freezes) dependencies_.clock.freeze(*freezes);
    if (waits) {
      waiting_.push_back({way, std::move(respond)});
      changed_.notifyAll();
      return;
    }
    step = way.from(dependencies_.clock.now());
  }
  jump(step, std::move(respond));
}

void ClockMoves::jump(Duration step, rpc::Callback respond) {
  if (step == Duration(0)) return respond(answer());
  dependencies_.clock.move(step);
  finish(std::move(respond));
}

void ClockMoves::start() {
  thread_ = std::thread([this] { run(); });
}

void ClockMoves::end() {
  std::deque<Move> waiting;
  {
    MutexLock lock(mutex_);
    ended_ = true;
    waiting.swap(waiting_);
    changed_.notifyAll();
  }
  dependencies_.rest.wake();
  for (const Move& move : waiting) move.respond(std::make_exception_ptr(cloudIsStopping()));
  if (thread_.joinable()) thread_.join();
}

void ClockMoves::run() {
  MutexLock lock(mutex_);
  while (!ended_) {
    if (waiting_.empty()) {
      changed_.wait(lock);
      continue;
    }
    Move move = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    std::exception_ptr error;
    try {
      const Duration step = move.way.from(dependencies_.clock.now());
      if (step < Duration(0)) dependencies_.clock.move(step);  // an earlier move went further
      moveSettling(step);
    } catch (...) {
      error = std::current_exception();
    }
    error ? move.respond(std::move(error)) : finish(std::move(move.respond));
    lock.lock();
  }
}

void ClockMoves::moveSettling(Duration whole) {
  const RunningTime deadline = dependencies_.real_time.runningTime() + kLongestSettling;
  Duration moved(0);
  for (int steps = 0; moved < whole; ++steps) {
    rpc::Activity found;
    Duration step(0);
    if (steps < kMostSteps) {
      step = moveWhenSettled(whole - moved, deadline, found);
    } else {
      found.busy_with.push_back("more than " + std::to_string(kMostSteps) + " retries");
    }
    if (step == Duration(0)) throw notSettled(moved, whole, found.busy_with);
    moved += step;
  }
}

Duration ClockMoves::moveWhenSettled(Duration most, RunningTime deadline, rpc::Activity& found) {
  for (;;) {
    if (hasEnded()) throw cloudIsStopping();
    const std::uint64_t seen = dependencies_.rest.changes();
    Duration step(0);
    try {
      // What a command has added, but nobody was told of, would be older by the whole step at once: so the
      // clock moves in a command too.
      found = dependencies_.rest
                  .look([&](const Rest::Found& at_rest) {
                    step = most;
                    if (at_rest.activity.next_due != RunningTime::max()) {
                      step = std::clamp<Duration>(at_rest.activity.next_due - dependencies_.clock.runningTime(),
                                                  Duration(1), most);
                    }
                    dependencies_.clock.move(step);
                  })
                  .found.activity;
    } catch (const StoreFailed& error) {  // if the command has run, the clock has moved
      if (step == Duration(0)) found.busy_with.emplace_back(error.what());
    }
    if (step > Duration(0)) return step;
    if (dependencies_.real_time.runningTime() >= deadline) {
      if (found.busy_with.empty()) found.busy_with.emplace_back("work comes and goes");
      return Duration(0);
    }
    if (!found.busy_with.empty()) dependencies_.rest.await(seen, deadline);
  }
}

bool ClockMoves::hasEnded() const {
  MutexLock lock(mutex_);
  return ended_;
}

// Answers when the store has the clock's new running time. The clock has moved even if that fails;
// then the next regular writing makes up for it.
void ClockMoves::finish(rpc::Callback respond) {
  dependencies_.running_time.save(
      [respond = std::move(respond), answer = answer()](std::exception_ptr) { respond(answer); });
}

}  // namespace ddblog::offline
