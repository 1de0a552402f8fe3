// The bus or rule that an ARN names, for the operations on tags.
// Errors: ResourceNotFoundException with the message of the resource's own operations;
// ValidationException for other ARNs.
#pragma once

#include <functional>
#include <string_view>

#include "base/json.h"
#include "services/eventbridge/bus/context.h"

namespace ddblog::eventbridge {

json::object readTagsOf(const Reader& reader, const Context& context, std::string_view arn);
void changeTags(Transaction& transaction, const Context& context, std::string_view arn,
                const std::function<void(json::object&)>& change);

}  // namespace ddblog::eventbridge
