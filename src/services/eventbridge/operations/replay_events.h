// POST /_local/replay: our own. Puts archived events on a bus once more, as they were, with replay-name added: what
// `dynamodb-log replay --target bus` sends, as PutEvents can give an event neither its id nor a replay-name.
//
//   {"replay-name": "n", "event-bus-name": "dynamodb-log", "events": [{"version": "0", "id": …}, …]}
//   -> {"events": 2, "deliveries": 3}
//
// Rules are matched and deliveries made in one transaction; nothing is archived.
// Refusals: ValidationException for a body that is not like this or has more than limits::kReplayEvents events,
// ResourceNotFoundException for the bus.
#pragma once

#include <string>
#include <vector>

#include "rpc/request.h"
#include "services/eventbridge/bus/context.h"
#include "services/eventbridge/bus/event.h"

namespace ddblog::eventbridge {

class ReplayEvents {
 public:
  ReplayEvents(const rpc::Request& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string bus_;
  std::vector<Event> events_;
};

// The route's handler.
rpc::Handler replayHandler(Context& context);

}  // namespace ddblog::eventbridge
