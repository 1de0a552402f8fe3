// A body that is passed on while it arrives, with bounded memory.
//
//   BodySource  the reader's end: a response that the server sends piece by piece (Response::stream)
//   BodyPipe    a source that somebody writes to: a request whose body the server passes on as it
//               arrives (Request::stream)
//
// If the reader is slow, the writer waits. If the reader is gone, the writer goes on, and what it
// writes is dropped.
//
// Thread safety: one reader and one writer, each on any thread. The callbacks run on the thread of the
// other side, without a lock, and at most once for each call that took them.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "base/api_error.h"
#include "base/thread_annotations.h"

namespace ddblog::rpc {

class BodySource {
 public:
  enum class State {
    kBytes,   // here are some
    kWaits,   // there will be more: `ready` is called when it is worth reading again
    kEnd,     // the body is complete
    kBroken,  // its end is missing
  };
  using Ready = std::function<void()>;

  virtual ~BodySource() = default;
  // Appends what is there to `bytes`. The last two states come again and again.
  virtual State read(std::string& bytes, const Ready& ready) = 0;
};

class BodyPipe : public BodySource {
 public:
  enum class Ending {
    kComplete,
    kBroken,   // the writer is gone
    kTooLong,  // it had more than `most` bytes: the reader gets those only
  };
  struct Limits {
    std::size_t most;  // bytes of the whole body
    std::size_t held;  // bytes that wait for the reader, before the writer waits
  };

  // For the reader, before the first byte is written; otherwise all is dropped. `ended` is called when
  // the last byte was written, which the reader may not have read yet.
  void receive(const Limits& limits, std::function<void(Ending)> ended);
  State read(std::string& bytes, const Ready& ready) override;
  // The reader is gone.
  void drop();
  // What followed the body, with names in lower case; complete when `ended` is called.
  Headers trailers() const;

  // For the writer. False: the bytes are taken, but write again only when `room` is called.
  bool write(std::string_view bytes, const Ready& room);
  void end(Headers trailers);
  // There will be no more. No effect after the end.
  void breakOff();

 private:
  void finish(Ending ending, Headers trailers);

  mutable Mutex mutex_;
  Limits limits_ GUARDED_BY(mutex_) = {0, 0};
  std::function<void(Ending)> ended_ GUARDED_BY(mutex_);
  std::string held_ GUARDED_BY(mutex_);
  std::size_t written_ GUARDED_BY(mutex_) = 0;
  bool is_dropped_ GUARDED_BY(mutex_) = false;
  bool has_ended_ GUARDED_BY(mutex_) = false;
  Ending ending_ GUARDED_BY(mutex_) = Ending::kBroken;
  Headers trailers_ GUARDED_BY(mutex_);
  Ready ready_ GUARDED_BY(mutex_);  // the reader waits
  Ready room_ GUARDED_BY(mutex_);   // the writer waits
};

}  // namespace ddblog::rpc
