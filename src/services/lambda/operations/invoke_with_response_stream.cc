// InvokeWithResponseStream: invokes a function and returns its response as a stream of events: its
// payload in pieces, then its end, with the error if it failed.
//
// The stream is sent when the function has ended, and the response is at most 6 MB.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html
//
// It does not use the common shape of operations, because it responds when the function does.
#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "base/base64.h"
#include "base/json.h"
#include "base/json_fields.h"
#include "rpc/operation.h"
#include "services/lambda/operations/context.h"
#include "services/lambda/operations/event_stream.h"
#include "services/lambda/operations/invocation_request.h"

namespace ddblog::lambda {

namespace {

constexpr std::size_t kPieceBytes = 64u << 10;  // ours

// The InvokeComplete event of a result.
std::string completion(const InvocationResult& result) {
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
  if (!result.log_tail.empty()) complete["LogResult"] = toBase64(result.log_tail);
  return json::serialize(complete);
}

rpc::Response streamOf(const InvocationResult& result) {
  rpc::Response response;
  response.content_type = kEventStreamType;
  response.headers.emplace_back("X-Amz-Executed-Version", result.executed_version);
  if (result.kind == InvocationResult::Kind::kAnswer) {
    for (std::string_view rest = result.payload; !rest.empty();
         rest.remove_prefix(std::min(kPieceBytes, rest.size()))) {
      appendEvent(response.body, "PayloadChunk", "application/octet-stream", rest.substr(0, kPieceBytes));
    }
  }
  appendEvent(response.body, "InvokeComplete", "application/json", completion(result));
  return response;
}

void invokeWithResponseStream(Context& context, const rpc::Request& request, rpc::Callback respond) {
  rpc::RequestReader reader(request);
  InvocationRequest asked(reader, context, {"RequestResponse", "DryRun"});
  const FunctionPointer function = context.functions.get(asked.asked.name, asked.asked.qualifier);
  asked.checkPayload();
  if (asked.type == "DryRun") return respond(rpc::Response{204, {}, {}, {}});
  context.host.invoke(function, std::move(asked.invocation), [respond = std::move(respond)](InvocationResult result) {
    if (result.kind == InvocationResult::Kind::kThrottled || result.kind == InvocationResult::Kind::kStopped) {
      return respond(notRun(result.kind));
    }
    respond(streamOf(result));
  });
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
