// ListTagsOfResource: a table's tags, all in one page. Refuses an ARN that is none, ResourceNotFoundException.
#pragma once

#include <string>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"

namespace ddblog::dynamodb {

class ListTagsOfResource {
 public:
  ListTagsOfResource(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  std::string arn_;
};

}  // namespace ddblog::dynamodb
