// TestEventPattern: whether a pattern matches an event, without any bus.
// The event needs id, account, source, time, region and detail-type. Refusals: constraints, the pattern, the event.
#pragma once

#include <string>

#include "rpc/request_reader.h"
#include "services/eventbridge/bus/context.h"

namespace ddblog::eventbridge {

class TestEventPattern {
 public:
  TestEventPattern(rpc::RequestReader& request, Context& context);
  std::string run(const Reader&) const;

 private:
  bool matches_ = false;
};

}  // namespace ddblog::eventbridge
