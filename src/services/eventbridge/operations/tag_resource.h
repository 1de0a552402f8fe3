// TagResource: adds tags to a bus or a rule, or changes them.
#pragma once

#include <string>

#include "rpc/request_reader.h"
#include "services/eventbridge/bus/context.h"

namespace ddblog::eventbridge {

class TagResource {
 public:
  TagResource(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string arn_;
  json::object tags_;
};

}  // namespace ddblog::eventbridge
