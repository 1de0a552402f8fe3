#include "services/lambda/operations/answer_events.h"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "base/base64.h"
#include "base/json.h"
#include "base/json_fields.h"
#include "services/lambda/operations/event_stream.h"

namespace ddblog::lambda {

namespace {

constexpr std::size_t kPieceBytes = 64u << 10;  // ours

void appendPayload(std::string& events, std::string_view payload) {
  for (; !payload.empty(); payload.remove_prefix(std::min(kPieceBytes, payload.size()))) {
    appendEvent(events, "PayloadChunk", "application/octet-stream", payload.substr(0, kPieceBytes));
  }
}

std::string completion(const InvocationResult& result, bool wants_log) {
  json::object complete;
  if (result.kind == InvocationResult::Kind::kFunctionError) {
    std::string type = "Unhandled";
    try {
      const json::value error = parseJson(result.payload);
      if (error.is_object() && !textOf(error.get_object(), "errorType").empty()) {
        type = textOf(error.get_object(), "errorType");
      }
    } catch (const std::invalid_argument&) {  // a custom runtime may report errors in any form
    }
    complete["ErrorCode"] = type;
    complete["ErrorDetails"] = result.payload;
  }
  if (wants_log) complete["LogResult"] = toBase64(result.log_tail);
  return json::serialize(complete);
}

}  // namespace

AnswerEvents::~AnswerEvents() {
  if (answer_) answer_->drop();
}

void AnswerEvents::complete(InvocationResult result) {
  Ready ready;
  {
    MutexLock lock(mutex_);
    result_ = std::move(result);
    ready = std::exchange(ready_, nullptr);
  }
  if (ready) ready();
}

rpc::BodySource::State AnswerEvents::read(std::string& bytes, const Ready& ready) {
  if (answer_) {
    std::string payload;
    const State state = answer_->read(payload, ready);
    if (state == State::kBytes) appendPayload(bytes, payload);
    if (state == State::kBytes || state == State::kWaits) return state;
    answer_ = nullptr;  // why it ended, the result says
  }
  MutexLock lock(mutex_);
  if (!result_) {
    ready_ = ready;
    return State::kWaits;
  }
  if (result_->kind == InvocationResult::Kind::kStopped) return State::kBroken;
  if (std::exchange(is_over_, true)) return State::kEnd;
  if (result_->kind == InvocationResult::Kind::kAnswer) appendPayload(bytes, result_->payload);
  appendEvent(bytes, "InvokeComplete", "application/json", completion(*result_, wants_log_));
  return State::kBytes;
}

}  // namespace ddblog::lambda
