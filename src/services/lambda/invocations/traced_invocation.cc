#include "services/lambda/invocations/traced_invocation.h"

#include <utility>

#include "rpc/failures.h"

namespace ddblog::lambda {

namespace {

rpc::Span spanOf(const Function& function, std::string request_id, std::string parent, const InvocationResult& result) {
  rpc::Span span{.kind = rpc::Span::Kind::kAttempt,
                 .id = result.trace_root,
                 .parent = std::move(parent),
                 .subject = function.reference(),
                 .source = std::move(request_id),
                 .detail = {},
                 .log = result.log_tail,
                 .process = result.process_key,
                 .at = result.started_at,
                 .duration = result.duration,
                 .has_failed = result.kind != InvocationResult::Kind::kAnswer};
  if (result.kind == InvocationResult::Kind::kFunctionError) {
    span.detail = rpc::errorLine(result.payload, rpc::Span::kMostError);
  } else if (span.has_failed) {
    span.detail = "the cloud was stopped";
  }
  return span;
}

}  // namespace

void invokeTraced(FunctionHost& host, rpc::Traces* traces, const FunctionPointer& function, Invocation invocation,
                  std::string cause, InvocationDone done) {
  if (!traces) return host.invoke(function, std::move(invocation), std::move(done));
  std::string request_id = invocation.request_id;
  std::string parent = cause.empty() ? request_id : std::move(cause);
  host.invoke(function, std::move(invocation),
              [traces, function, request_id = std::move(request_id), parent = std::move(parent),
               done = std::move(done)](InvocationResult result) mutable {
                if (!result.trace_root.empty()) {
                  traces->add(spanOf(*function, std::move(request_id), std::move(parent), result));
                }
                done(std::move(result));
              });
}

}  // namespace ddblog::lambda
