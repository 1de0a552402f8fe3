// The statements of a queue's policy, for AddPermission and RemovePermission.
//
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "services/sqs/queues/queue.h"

namespace ddblog::sqs {

// The queue's policy, with a list of statements; one without statements if the queue has none.
json::object policyOf(const Queue& queue);
// Stores it; without statements, the queue has no policy any more.
void setPolicy(Queue& queue, const json::object& policy);
// Whether a statement has this Sid.
bool hasLabel(const json::value& statement, std::string_view label);

}  // namespace ddblog::sqs
