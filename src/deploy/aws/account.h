// The account and the identity that the credentials belong to.
// Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
//
// Thread safety: a value type; a function without state.
#pragma once

#include <string>

#include "aws/client.h"

namespace ddblog::deploy {

struct Account {
  std::string id;         // "111122223333"
  std::string caller;     // the ARN of the user or of the role's session
  std::string region;     // the session's
  std::string partition;  // the region's: "aws"
};

Account accountOf(aws::Session& session);

}  // namespace ddblog::deploy
