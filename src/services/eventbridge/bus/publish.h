// Putting an event on a bus: the one place where an event meets the rules.
//
// In the caller's transaction: one durable delivery for every target of every rule that matches, and, on an archived
// bus, the event on its way to the archive. So a commit has all of it or nothing.
#pragma once

#include <cstddef>
#include <string_view>

#include "services/eventbridge/bus/context.h"
#include "services/eventbridge/bus/event.h"
#include "store/store.h"

namespace ddblog::eventbridge {

struct Published {
  bool bus_exists = false;
  std::size_t deliveries = 0;
};

// An event for a bus that does not exist is gone, as it is in AWS; a warning is given.
Published publish(Transaction& transaction, const Context& context, std::string_view bus, const Event& event);

}  // namespace ddblog::eventbridge
