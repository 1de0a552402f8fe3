// PutResourcePolicy: attaches a policy to a table or a stream, or replaces it. Kept and given back; nothing is
// enforced.
//
// Refuses: broken constraints; an ARN that is none; a text that is no policy (policy_document.h); then
// ResourceNotFoundException, and PolicyNotFoundException if ExpectedRevisionId is not the policy's revision
// ("NO_POLICY": there must be none yet).
#pragma once

#include <optional>
#include <string>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"

namespace ddblog::dynamodb {

class PutResourcePolicy {
 public:
  PutResourcePolicy(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string arn_;
  std::string policy_;
  std::optional<std::string> expected_revision_;
};

}  // namespace ddblog::dynamodb
