// Invokes functions, in the offline cloud or in AWS, and waits for their results.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
//
// Errors: those of Transport (ddblog/transport.h). Thread safety: invoke() may be called from any thread.
#pragma once

#include <memory>
#include <string>

#include "aws/client.h"
#include "base/clock.h"
#include "base/ids.h"
#include "cli/connection.h"

namespace ddblog::cli {

struct FunctionResult {
  std::string payload;  // JSON: what the function returned, or its error
  std::string log;      // the end of its log, at most 4 KB
  bool has_failed = false;

  // "ValueError: no such order", if it has failed.
  std::string error() const;
};

class FunctionClient {
 public:
  // `attempts`: more than 1 may invoke a function twice. Throws ConfigurationError.
  FunctionClient(const ConnectionFlags& flags, int attempts);

  // `function`: a name or an ARN.
  FunctionResult invoke(const std::string& function, const std::string& event) const;

 private:
  AdjustableClock clock_;
  Ids ids_;
  std::unique_ptr<aws::Session> session_;
  std::unique_ptr<aws::Client> client_;
};

}  // namespace ddblog::cli
