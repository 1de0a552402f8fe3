// DeleteEventBus: takes a bus away. One that is not there is no error.
// Refusals: constraints, the bus `default`, a bus that has rules.
#pragma once

#include <string>

#include "rpc/request_reader.h"
#include "services/eventbridge/bus/context.h"

namespace ddblog::eventbridge {

class DeleteEventBus {
 public:
  DeleteEventBus(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string name_;
};

}  // namespace ddblog::eventbridge
