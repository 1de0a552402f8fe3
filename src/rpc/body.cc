#include "rpc/body.h"

#include <algorithm>
#include <utility>

namespace ddblog::rpc {

void BodyPipe::receive(const Limits& limits, std::function<void(Ending)> ended) {
  MutexLock lock(mutex_);
  limits_ = limits;
  ended_ = std::move(ended);
}

BodySource::State BodyPipe::read(std::string& bytes, const Ready& ready) {
  Ready room;
  {
    MutexLock lock(mutex_);
    if (held_.empty()) {
      if (has_ended_) return ending_ == Ending::kComplete ? State::kEnd : State::kBroken;
      ready_ = ready;
      return State::kWaits;
    }
    bytes.append(held_);
    held_.clear();
    room = std::exchange(room_, nullptr);
  }
  if (room) room();
  return State::kBytes;
}

void BodyPipe::drop() {
  Ready ready;  // it ends without the lock
  Ready room;
  {
    MutexLock lock(mutex_);
    is_dropped_ = true;
    held_ = {};
    ready = std::exchange(ready_, nullptr);
    room = std::exchange(room_, nullptr);
  }
  if (room) room();
}

Headers BodyPipe::trailers() const {
  MutexLock lock(mutex_);
  return trailers_;
}

bool BodyPipe::write(std::string_view bytes, const Ready& room) {
  Ready ready;
  bool has_room = true;
  bool is_too_long = false;
  {
    MutexLock lock(mutex_);
    if (has_ended_) return true;
    const std::string_view taken = bytes.substr(0, limits_.most - written_);
    is_too_long = taken.size() < bytes.size();
    written_ += taken.size();
    if (!is_dropped_) held_.append(taken);
    if (!held_.empty()) ready = std::exchange(ready_, nullptr);
    has_room = held_.size() < limits_.held || is_too_long || ready;
    if (!has_room) room_ = room;
  }
  if (is_too_long) finish(Ending::kTooLong, {});
  if (ready) ready();
  return has_room;
}

void BodyPipe::end(Headers trailers) { finish(Ending::kComplete, std::move(trailers)); }

void BodyPipe::breakOff() { finish(Ending::kBroken, {}); }

void BodyPipe::finish(Ending ending, Headers trailers) {
  Ready ready;
  Ready room;
  std::function<void(Ending)> ended;
  {
    MutexLock lock(mutex_);
    if (std::exchange(has_ended_, true)) return;
    ending_ = ending;
    trailers_ = std::move(trailers);
    ready = std::exchange(ready_, nullptr);
    room = std::exchange(room_, nullptr);
    ended = std::exchange(ended_, nullptr);
  }
  if (ended) ended(ending);
  if (ready) ready();
  if (room) room();
}

}  // namespace ddblog::rpc
