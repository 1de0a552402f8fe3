#include "offline/clock_moves.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/api_error.h"
#include "base/json_writer.h"
#include "rpc/request_reader.h"

namespace ddblog::offline {
namespace {

// Ten years: a typo must not move the clock to a time that cannot be formatted.
constexpr std::int64_t kLargestMove = 10LL * 366 * 24 * 3600 * 1000;
constexpr Duration kBetweenLooks{2};  // at whether everything is delivered

ApiError ended() { return ApiError("CloudIsStopping", "The offline cloud is stopping", 503); }

ApiError notSettled(Duration moved, Duration whole, const std::vector<std::string>& busy_with) {
  std::string text = "The clock moved by " + std::to_string(moved.count()) + " of " + std::to_string(whole.count()) +
                     " ms. What is due comes first, and it is not done: ";
  for (const std::string& work : busy_with) text += work + "; ";
  text += "move it again to go on, or with \"settle\": false to jump";
  return ApiError("ClockNotSettled", text, 409);
}

rpc::Response answerWith(Timestamp now) {
  rpc::Response answer;
  JsonWriter(answer.body).beginObject().key("now").value(toIso8601(now, true)).endObject();
  return answer;
}

}  // namespace

void ClockMoves::addRoutes(rpc::RestApi& api) {
  api.add("POST", "/_local/clock", "MoveClock", [this](rpc::Request request, rpc::Callback respond) {
    try {
      receive(request, respond);
    } catch (...) {
      respond(std::current_exception());
    }
  });
}

void ClockMoves::receive(const rpc::Request& request, rpc::Callback respond) {
  rpc::Request body = request;
  if (body.body.empty()) body.body = "{}";
  rpc::RequestReader reader(body);
  const auto milliseconds = reader.fields().integer("move", {.min = -kLargestMove, .max = kLargestMove});
  const auto settles = reader.fields().boolean("settle");
  reader.finish();
  const Duration step(milliseconds.value_or(0));
  if (step <= Duration(0) || !settles.value_or(true)) return jump(step, std::move(respond));
  MutexLock lock(mutex_);
  if (ended_) throw ended();
  if (waiting_.size() >= kMostWaiting) {
    throw ApiError("ClockIsMoving", std::to_string(kMostWaiting) + " moves of the clock wait already", 429);
  }
  waiting_.push_back({step, std::move(respond)});
  changed_.notifyAll();
}

void ClockMoves::jump(Duration step, rpc::Callback respond) {
  if (step == Duration(0)) return respond(answerWith(dependencies_.clock.now()));
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
  for (const Move& move : waiting) move.respond(std::make_exception_ptr(ended()));
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
      moveSettling(move.step);
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

// A commit may be on its way that gives somebody work, so the writer comes first.
Duration ClockMoves::moveWhenSettled(Duration most, RunningTime deadline, rpc::Activity& found) {
  for (;;) {
    dependencies_.store.drain();
    found = dependencies_.activity();
    if (found.busy_with.empty()) {
      const Duration step = moveIfSettled(most, found);
      if (step > Duration(0)) return step;
    }
    const RunningTime now = dependencies_.real_time.runningTime();
    if (now >= deadline) {
      if (found.busy_with.empty()) found.busy_with.push_back("work comes and goes");
      return Duration(0);
    }
    MutexLock lock(mutex_);
    if (ended_) throw ended();
    dependencies_.real_time.wait(lock, changed_, now + kBetweenLooks);
  }
}

// The second look (rpc/activity.h), because work passes from one part to another. It and the move
// are one command, the first of its batch: what a command has added, but nobody was told of, would be
// older by the whole step at once.
Duration ClockMoves::moveIfSettled(Duration most, rpc::Activity& found) {
  Duration step(0);
  try {
    dependencies_.store.writeAndWait([&](const Transaction& transaction) {
      if (!transaction.isFirst()) return;
      const rpc::Activity again = dependencies_.activity();
      if (!again.busy_with.empty() || again.changes != found.changes) return;
      step = most;
      if (again.next_due != RunningTime::max()) {
        step = std::clamp<Duration>(again.next_due - dependencies_.clock.runningTime(), Duration(1), most);
      }
      dependencies_.clock.move(step);
    });
  } catch (const StoreFailed& error) {  // if the command has run, the clock has moved
    if (step == Duration(0)) found.busy_with.emplace_back(error.what());
  }
  return step;
}

// Answers when the store has the clock's new running time. The clock has moved even if that fails;
// then the next regular writing makes up for it.
void ClockMoves::finish(rpc::Callback respond) {
  dependencies_.running_time.save([respond = std::move(respond), now = dependencies_.clock.now()](std::exception_ptr) {
    respond(answerWith(now));
  });
}

}  // namespace ddblog::offline
