// How each wire protocol words a refusal. The one place where an ApiError becomes bytes.
//
//   awsJson (DynamoDB, Streams, EventBridge)  status 400, {"__type":"<namespace>#<type>","message":<message>,<fields>…}
//   restJson (Lambda)                         its status, header x-amzn-ErrorType: <type>, {"Type":"User","Message":…}
//
// The namespace of a type: com.amazon.coral.service# for what AWS's front end refuses before a service sees it,
// com.amazon.coral.validate# for ValidationException, com.amazon.coral.availability# for ThrottlingException, else the
// service's own; none at all where the protocol has none (EventBridge). The member is "message"; "Message" where AWS's
// models or front end spell it so. A message that is empty is left out.
// Source: answers of the services; the error shapes of their API models.
//
// Thread safety: pure functions.
#pragma once

#include <exception>
#include <functional>
#include <string>
#include <string_view>

#include "base/api_error.h"
#include "rpc/request.h"
#include "rpc/service.h"

namespace ddblog::server {

// In whose words: a JSON service's, or REST (json is nullptr).
struct Wording {
  const rpc::JsonProtocol* json = nullptr;
  std::string_view content_type = "application/json";  // of answers and refusals
};

rpc::Answer wordRefusal(const Wording& wording, const ApiError& refused);

// The same for whatever a handler ended with. What is no ApiError is our own mistake: it is told to `log` in full, and
// to the caller as the service's internal error.
rpc::Answer wordException(const Wording& wording, const std::exception_ptr& refused,
                          const std::function<void(const std::string&)>& log);

}  // namespace ddblog::server
