// ListRules: the rules of a bus, in the order of their names.
#pragma once

#include <string>

#include "rpc/request_reader.h"
#include "services/eventbridge/bus/context.h"

namespace ddblog::eventbridge {

class ListRules {
 public:
  ListRules(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  std::string bus_;
  PageRequest page_;
};

}  // namespace ddblog::eventbridge
