#include "services/lambda/invocations/traced_invocation.h"

#include <string_view>
#include <utility>

#include "rpc/failures.h"

namespace ddblog::lambda {

namespace {

std::string errorOf(const InvocationResult& result) {
  if (result.kind == InvocationResult::Kind::kAnswer) return {};
  if (result.kind != InvocationResult::Kind::kFunctionError) return "the cloud was stopped";
  return rpc::errorLine(result.payload, rpc::Span::kMostError);
}

void addSpan(rpc::Traces& traces, const Function& function, std::string_view request_id, std::string_view cause,
             const InvocationResult& result) {
  const std::string reference = function.reference();
  const std::string error = errorOf(result);
  traces.add({.kind = rpc::Span::Kind::kAttempt,
              .id = result.trace_root,
              .parent = cause.empty() ? request_id : cause,
              .subject = reference,
              .source = request_id,
              .detail = error,
              .log = result.log_tail,
              .process = result.process_key,
              .at = result.started_at,
              .duration = result.duration,
              .has_failed = result.kind != InvocationResult::Kind::kAnswer});
}

}  // namespace

void invokeTraced(FunctionHost& host, rpc::Traces* traces, const FunctionPointer& function, Invocation invocation,
                  std::string cause, InvocationDone done) {
  if (!traces) return host.invoke(function, std::move(invocation), std::move(done));
  std::string request_id = invocation.request_id;
  host.invoke(function, std::move(invocation),
              [traces, function, request_id = std::move(request_id), cause = std::move(cause),
               done = std::move(done)](InvocationResult result) mutable {
                if (!result.trace_root.empty()) addSpan(*traces, *function, request_id, cause, result);
                done(std::move(result));
              });
}

}  // namespace ddblog::lambda
