// InvokeWithResponseStream: invokes a function and returns its response as a stream of events
// (answer_events.h), which are sent as the function makes them.
//
// A response has at most 200 MB. AWS slows it down after 6 MB; here it is as fast as the function and
// the client. A slow client holds the function up; if it goes away, the function runs to its end. Of a
// function that does not stream, the response is one with its return value.
// Errors before the response begins: as of Invoke.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html
//
// It does not use the common shape of operations, because it responds when the function does.
#include <memory>
#include <utility>

#include "rpc/operation.h"
#include "services/lambda/operations/answer_events.h"
#include "services/lambda/operations/context.h"
#include "services/lambda/operations/event_stream.h"
#include "services/lambda/operations/invocation_request.h"

namespace ddblog::lambda {

namespace {

// One invocation. A function that fails may end before its stream is seen to begin.
class StreamedInvocation {
 public:
  StreamedInvocation(rpc::Callback respond, bool wants_log) : respond_(std::move(respond)), wants_log_(wants_log) {}

  void begin(StreamedAnswer answer) {
    auto events = std::make_shared<AnswerEvents>(std::move(answer.body), wants_log_);
    {
      MutexLock lock(mutex_);
      if (has_ended_) return;
      events_ = events;
    }
    respond(answer.executed_version, std::move(events));
  }

  void end(InvocationResult result) {
    std::shared_ptr<AnswerEvents> events;
    {
      MutexLock lock(mutex_);
      has_ended_ = true;
      events = std::exchange(events_, nullptr);
    }
    if (events) return events->complete(std::move(result));
    if (result.kind == InvocationResult::Kind::kThrottled || result.kind == InvocationResult::Kind::kStopped) {
      return respond_(notRun(result.kind));
    }
    events = std::make_shared<AnswerEvents>(nullptr, wants_log_);
    const std::string version = result.executed_version;
    events->complete(std::move(result));
    respond(version, std::move(events));
  }

 private:
  void respond(const std::string& version, std::shared_ptr<AnswerEvents> events) {
    rpc::Response response;
    response.content_type = kEventStreamType;
    response.headers.emplace_back("X-Amz-Executed-Version", version);
    response.stream = std::move(events);
    respond_(std::move(response));
  }

  const rpc::Callback respond_;
  const bool wants_log_;
  Mutex mutex_;
  bool has_ended_ GUARDED_BY(mutex_) = false;
  std::shared_ptr<AnswerEvents> events_ GUARDED_BY(mutex_);
};

void invokeWithResponseStream(Context& context, const rpc::Request& request, rpc::Callback respond) {
  rpc::RequestReader reader(request);
  InvocationRequest asked(reader, context, {"RequestResponse", "DryRun"});
  const FunctionPointer function = context.functions.get(asked.asked.name, asked.asked.qualifier);
  asked.checkPayload();
  if (asked.type == "DryRun") return respond(rpc::Response{204, {}, {}, {}});
  const auto invocation = std::make_shared<StreamedInvocation>(std::move(respond), asked.invocation.wants_log_tail);
  asked.invocation.streams = [invocation](StreamedAnswer answer) { invocation->begin(std::move(answer)); };
  context.host.invoke(function, std::move(asked.invocation),
                      [invocation](InvocationResult result) { invocation->end(std::move(result)); });
}

}  // namespace

void addInvokeWithResponseStream(rpc::RestApi& api, Context& context) {
  api.add("POST", "/2021-11-15/functions/{FunctionName}/response-streaming-invocations", "InvokeWithResponseStream",
          [&context](rpc::Request request, rpc::Callback respond) {
            try {
              invokeWithResponseStream(context, request, respond);
            } catch (...) {
              respond(std::current_exception());
            }
          });
  api.setWaits("InvokeWithResponseStream");  // for functions, whose concurrency is bounded
}

}  // namespace ddblog::lambda
