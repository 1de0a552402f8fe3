// The functions that rules of a bus give the events of the log to.
//
// Errors: those of Transport. Thread safety: a stateless function.
#pragma once

#include <string>
#include <vector>

#include "ddblog/transport.h"

namespace ddblog::cli {

// Their ARNs, each once: of the enabled rules that match one of the events, and that give the event as it is. `events`:
// as they are on the bus.
std::vector<std::string> functionsThatGet(Transport& transport, const std::string& bus,
                                          const std::vector<std::string>& events);

// "users" of arn:aws:lambda:eu-north-1:111122223333:function:users, "users:live" with a qualifier.
std::string functionInArn(const std::string& arn);

}  // namespace ddblog::cli
