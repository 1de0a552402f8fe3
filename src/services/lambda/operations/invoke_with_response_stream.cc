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
#include "services/lambda/invocations/traced_invocation.h"
#include "services/lambda/operations/answer_events.h"
#include "services/lambda/operations/context.h"
#include "services/lambda/operations/event_stream.h"
#include "services/lambda/operations/invocation_request.h"

namespace ddblog::lambda {

namespace {

// One invocation. A function that fails may end before its stream is seen to begin. The response owns the
// events, and nothing here keeps the client's connection: if the client goes away, both are gone, and the
// function is not held up.
class StreamedInvocation {
 public:
  StreamedInvocation(rpc::Callback respond, const InvocationRequest& request, const Context& context)
      : respond_(std::move(respond)),
        wants_log_(request.invocation.wants_log_tail),
        asked_(request.asked),
        context_(context) {}

  void begin(StreamedAnswer answer) {
    auto events = std::make_shared<AnswerEvents>(std::move(answer.body), wants_log_);
    {
      MutexLock lock(mutex_);
      if (has_ended_) return;
      has_begun_ = true;
      events_ = events;
    }
    respond(answer.executed_version, std::move(events));
  }

  void end(InvocationResult result) {
    std::shared_ptr<AnswerEvents> events;
    bool has_begun = false;
    {
      MutexLock lock(mutex_);
      has_ended_ = true;
      has_begun = has_begun_;
      events = events_.lock();
    }
    if (events) return events->complete(std::move(result));
    if (has_begun) return;  // the client has gone
    if (result.kind == InvocationResult::Kind::kThrottled || result.kind == InvocationResult::Kind::kStopped) {
      return std::exchange(respond_, nullptr)(notRun(result.kind, asked_, context_));
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
    std::exchange(respond_, nullptr)(std::move(response));
  }

  rpc::Callback respond_;  // called by begin() or by end(), once
  const bool wants_log_;
  const FunctionReference asked_;
  const Context& context_;
  Mutex mutex_;
  bool has_begun_ GUARDED_BY(mutex_) = false;
  bool has_ended_ GUARDED_BY(mutex_) = false;
  std::weak_ptr<AnswerEvents> events_ GUARDED_BY(mutex_);
};

void invokeWithResponseStream(Context& context, const rpc::Request& request, rpc::Callback respond) {
  rpc::RequestReader reader(request);
  InvocationRequest asked(reader, context, {"RequestResponse", "DryRun"});
  const FunctionPointer function = context.functions.get(asked.asked.name, asked.asked.qualifier);
  asked.checkPayload();
  if (asked.type == "DryRun") return respond(rpc::Response{204, {}, {}, {}});
  const auto invocation = std::make_shared<StreamedInvocation>(std::move(respond), asked, context);
  asked.invocation.streams = [invocation](StreamedAnswer answer) { invocation->begin(std::move(answer)); };
  invokeTraced(context.host, context.traces, function, std::move(asked.invocation), asked.cause,
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
