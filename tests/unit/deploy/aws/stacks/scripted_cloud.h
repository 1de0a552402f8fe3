// A server that answers as CloudFormation, S3, DynamoDB and CloudWatch Logs would, by the script of a case.
//
// Thread safety: its own thread serves; the test looks at the outcome when the deployment has ended.
#pragma once

#include <string>
#include <vector>

#include "base/thread_annotations.h"
#include "unit/aws/test_server.h"
#include "unit/deploy/aws/stacks/stack_case.h"

namespace ddblog::deploy {

inline constexpr const char* kStackArn = "arn:aws:cloudformation:eu-north-1:111122223333:stack/users-dev/1";

class ScriptedCloud {
 public:
  explicit ScriptedCloud(const std::vector<ScriptedCall>& calls);

  std::string url() const { return server_.url(); }
  // What did not go by the script; empty: all did.
  std::vector<std::string> complaints();

 private:
  struct Answer {
    int status = 200;
    std::string body;
    std::string headers;
  };

  std::string respond(const std::string& request);
  Answer answerTo(const std::string& request);
  Answer scripted(const ScriptedCall& call) const;
  std::string eventsOf(const std::vector<std::string>& lines) const;

  const std::vector<ScriptedCall>& calls_;
  Mutex mutex_;
  std::size_t next_ = 0;
  std::string token_;  // of the operation that was last begun
  std::vector<std::string> complaints_;
  aws::TestServer server_;
};

}  // namespace ddblog::deploy
