// DeleteResourcePolicy: takes the policy of a table or a stream away. None there is no error, unless ExpectedRevisionId
// was given.
//
// Refuses: broken constraints; an ARN that is none; ResourceNotFoundException; PolicyNotFoundException.
#pragma once

#include <optional>
#include <string>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"

namespace ddblog::dynamodb {

class DeleteResourcePolicy {
 public:
  DeleteResourcePolicy(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string arn_;
  std::optional<std::string> expected_revision_;
};

}  // namespace ddblog::dynamodb
