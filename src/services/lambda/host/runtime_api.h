// The Lambda Runtime API, from which function processes get invocations and to which they send
// responses.
//
//   GET  /2018-06-01/runtime/invocation/next               waits; 200, the event, Lambda-Runtime-… headers
//   POST /2018-06-01/runtime/invocation/{id}/response      202 {"status": "OK"}; with the header
//        "Lambda-Runtime-Function-Response-Mode: streaming" the body is passed on as it arrives, and
//        the trailers Lambda-Runtime-Function-Error-Type and -Body (base64) report an error in its middle
//   POST /2018-06-01/runtime/invocation/{id}/error         202
//   POST /2018-06-01/runtime/init/error                    202
//
// Errors: 400 InvalidRequestID (not the invocation that the process is working on), 403
// InvalidStateTransition (next before a response; ours: at first the same invocation again), 413
// RequestEntityTooLarge (a response over 6 MB, or a streamed one over 200 MB), each {"errorType", "errorMessage"}.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html and its OpenAPI
// description.
//
// A request does not identify its process: each process has its own listener, and the listener's
// tag identifies it. Only the function's own processes are served (peer_check.h).
// Thread safety: all methods may be called from any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/thread_annotations.h"
#include "rpc/api.h"
#include "rpc/body.h"

namespace ddblog::lambda {

// Headers or trailers with which a runtime reports an error; the body is base64.
inline constexpr std::string_view kErrorTypeHeader = "lambda-runtime-function-error-type";
inline constexpr std::string_view kErrorBodyTrailer = "lambda-runtime-function-error-body";

// Handles the requests of one process.
class RuntimeProcess {
 public:
  enum class Reply { kAccepted, kUnknownRequest, kWrongState, kTooLarge };

  virtual ~RuntimeProcess() = default;
  // Calls `respond` once there is an invocation (see ProcessPool::invocationResponse).
  virtual void next(rpc::Callback respond) = 0;
  virtual Reply answer(const std::string& request_id, std::string payload) = 0;
  // The answer comes piece by piece. Calls `respond` when it has ended, unless its connection has.
  virtual void stream(const std::string& request_id, std::shared_ptr<rpc::BodyPipe> answer, rpc::Callback respond) = 0;
  virtual Reply fail(const std::string& request_id, std::string error) = 0;
  virtual Reply failInit(std::string error) = 0;
};

class RuntimeApi {
 public:
  RuntimeApi();

  void add(const std::string& tag, std::weak_ptr<RuntimeProcess> process);
  void remove(const std::string& tag);
  const rpc::RestApi& service() const { return service_; }

  // The response to a request that is not valid in the current state.
  static rpc::Outcome refusal(RuntimeProcess::Reply reply);

 private:
  std::shared_ptr<RuntimeProcess> find(const std::string& tag) const;

  rpc::RestApi service_;
  mutable Mutex mutex_;
  std::unordered_map<std::string, std::weak_ptr<RuntimeProcess>> processes_ GUARDED_BY(mutex_);
};

}  // namespace ddblog::lambda
