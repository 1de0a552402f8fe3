// ProcessPool's answers that come piece by piece.
#include <utility>

#include "base/base64.h"
#include "services/lambda/functions/limits.h"
#include "services/lambda/host/function_error.h"
#include "services/lambda/host/process_pool.h"

namespace ddblog::lambda {

namespace {

using Ending = rpc::BodyPipe::Ending;

std::string valueOf(const Headers& headers, std::string_view name) {
  for (const auto& [header, value] : headers) {
    if (header == name) return value;
  }
  return {};
}

// The result of a stream that is complete, without its payload.
InvocationResult resultOf(const Headers& trailers) {
  const std::string type = valueOf(trailers, kErrorTypeHeader);
  std::string body = fromBase64(valueOf(trailers, kErrorBodyTrailer)).value_or("");
  if (type.empty() && body.empty()) return {};
  return {InvocationResult::Kind::kFunctionError, reportedError(std::move(body), type), {}};
}

}  // namespace

void ProcessPool::streams(FunctionProcess& process, const std::string& request_id,
                          std::shared_ptr<rpc::BodyPipe> answer, rpc::Callback respond) {
  Later later;
  MutexLock lock(mutex_);
  FunctionProcess::Work& work = process.work;
  if (!runs(process, request_id) || work.stream) {
    later.add([respond = std::move(respond)] { respond(RuntimeApi::refusal(RuntimeProcess::Reply::kUnknownRequest)); });
    return;
  }
  auto streams = std::exchange(work.invocation.streams, nullptr);
  const bool is_collected = !streams;
  work.stream = answer;
  const std::size_t most = is_collected ? limits::kInvokeBytes : limits::kStreamedBytes;
  // Nobody reads a collected answer before its end, so its writer never waits for room.
  answer->receive({most, is_collected ? most + 1 : limits::kStreamedAhead},
                  [weak = weak_from_this(), stream = Stream{process.shared_from_this(), request_id, is_collected,
                                                            std::move(respond)}](Ending ending) {
                    if (const auto self = weak.lock()) self->streamEnded(stream, ending);
                  });
  if (streams) later.add([streams = std::move(streams), answer = std::move(answer)] { streams({answer}); });
}

void ProcessPool::streamEnded(const Stream& stream, Ending ending) {
  using Reply = RuntimeProcess::Reply;
  Reply reply = ending == Ending::kTooLong ? Reply::kTooLarge : Reply::kAccepted;
  Later later;
  MutexLock lock(mutex_);
  FunctionProcess& process = *stream.process;
  if (!runs(process, stream.request_id)) {
    reply = Reply::kUnknownRequest;  // the invocation ended before its answer did
  } else if (ending == Ending::kBroken) {
    killInInvocation(process, truncatedResponse(process.work.invocation.request_id), later);
  } else if (process.work.dies) {
    die(process, later);
  } else if (ending == Ending::kTooLong) {
    finish(process,
           {InvocationResult::Kind::kFunctionError, stream.is_collected ? responseTooLarge() : streamTooLarge(), {}},
           later);
  } else {
    InvocationResult result = resultOf(process.work.stream->trailers());
    if (stream.is_collected && result.kind == InvocationResult::Kind::kAnswer) {
      process.work.stream->read(result.payload, {});
    }
    finish(process, std::move(result), later);
  }
  later.add([respond = stream.respond, reply] { respond(RuntimeApi::refusal(reply)); });
}

}  // namespace ddblog::lambda
