// TagResource: gives a table tags; a key that it has already gets the new value. Answers nothing.
//
// Refuses: an ARN that is none; no tags; wrong or double keys, wrong values; more than limits::kTagsPerResource;
// ResourceNotFoundException.
#pragma once

#include <string>
#include <vector>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/tables/tags.h"

namespace ddblog::dynamodb {

class TagResource {
 public:
  TagResource(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string arn_;
  std::vector<Tag> tags_;
};

}  // namespace ddblog::dynamodb
