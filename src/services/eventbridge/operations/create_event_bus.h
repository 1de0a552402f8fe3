// CreateEventBus: makes a bus for custom events.
// Refusals: constraints, a name with a slash (those are partners'), an event source (there are no partners here), a bus
// of that name.
#pragma once

#include <string>

#include "rpc/request_reader.h"
#include "services/eventbridge/bus/context.h"

namespace ddblog::eventbridge {

class CreateEventBus {
 public:
  CreateEventBus(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  Bus bus_;
};

}  // namespace ddblog::eventbridge
