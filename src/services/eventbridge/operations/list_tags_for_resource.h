// ListTagsForResource: the tags of a bus or a rule.
#pragma once

#include <string>

#include "rpc/request_reader.h"
#include "services/eventbridge/bus/context.h"

namespace ddblog::eventbridge {

class ListTagsForResource {
 public:
  ListTagsForResource(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  std::string arn_;
};

}  // namespace ddblog::eventbridge
