// The two ends of a replay from AWS, which are two endpoints: AWS is found as the AWS CLI finds it (AWS_ENDPOINT_URL and
// AWS_ENDPOINT_URL_<SERVICE> too), the offline cloud by --endpoint-url or at http://localhost:8000.
//
// Errors: ConfigurationError, NotReachable, std::invalid_argument. Thread safety: none.
#pragma once

#include <memory>
#include <string>

#include "aws/client.h"
#include "base/clock.h"
#include "base/ids.h"
#include "cli/replays/incoming_events.h"
#include "cli/replays/replay_flags.h"

namespace ddblog::cli {

class AwsEnd {
 public:
  explicit AwsEnd(const ConnectionFlags& flags);

  aws::Session& session() const { return *session_; }
  std::shared_ptr<Transport> tables() const;
  Timestamp now() const { return clock_.now(); }
  RunningTime runningTime() const { return clock_.runningTime(); }
  std::string newId() { return ids_.uuid(); }

 private:
  const ConnectionFlags flags_;  // without the endpoint, which is the other end's
  AdjustableClock clock_;
  Ids ids_;
  std::unique_ptr<aws::Session> session_;
};

// The offline cloud that events come into.
struct LocalEnd {
  std::string place;  // "the table local-dynamodb-logs at http://localhost:8000"
  std::unique_ptr<IncomingTarget> target;
};

// Looks at the cloud first: nothing is made in AWS if it is not there.
LocalEnd localEnd(const ReplayFlags& flags, const AwsEnd& aws);

}  // namespace ddblog::cli
