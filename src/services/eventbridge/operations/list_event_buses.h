// ListEventBuses: the buses, in the order of their names.
#pragma once

#include <string>

#include "rpc/request_reader.h"
#include "services/eventbridge/bus/context.h"

namespace ddblog::eventbridge {

class ListEventBuses {
 public:
  ListEventBuses(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  PageRequest page_;
};

}  // namespace ddblog::eventbridge
