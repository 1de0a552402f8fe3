// The events in which InvokeWithResponseStream answers: the payload in pieces, as they come, then the end.
//
//   PayloadChunk    bytes of the payload
//   InvokeComplete  {"ErrorCode", "ErrorDetails", "LogResult"}: the first two only of an invocation that
//                   failed, the third only if it was asked for
//
// If the server stops, the stream breaks off. Source:
// https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStreamResponseEvent.html
// Thread safety: as of a BodySource; complete() on any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/thread_annotations.h"
#include "rpc/body.h"
#include "services/lambda/host/invocation.h"

namespace ddblog::lambda {

class AnswerEvents : public rpc::BodySource {
 public:
  // `answer`: what the function streams; nullptr: its result has the payload.
  AnswerEvents(std::shared_ptr<rpc::BodyPipe> answer, bool wants_log)
      : wants_log_(wants_log), answer_(std::move(answer)) {}
  ~AnswerEvents() override;

  // The invocation has ended. Call once.
  void complete(InvocationResult result);
  State read(std::string& bytes, const Ready& ready) override;

 private:
  const bool wants_log_;
  std::shared_ptr<rpc::BodyPipe> answer_;  // the reader's; nullptr: it has been read
  Mutex mutex_;
  std::optional<InvocationResult> result_ GUARDED_BY(mutex_);
  bool is_over_ GUARDED_BY(mutex_) = false;  // the last event was read
  Ready ready_ GUARDED_BY(mutex_);
};

}  // namespace ddblog::lambda
