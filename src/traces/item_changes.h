// What a write changed in an item.
//
//   {"table": "local-core", "key": {"pk": {"S": "users#42"}, …}, "action": "put" | "change" | "remove",
//    "changes": [{"attribute": "name", "before": {"S": "Ada"}, "after": {"S": "Grace"}}], "partial": true}
//
// "put": there was no item before. A value of more than 1 KiB has "beforeBytes" or "afterBytes" instead.
// After 50 changes there are no more, and with "partial" the images are not known.
//
// Thread safety: a stateless function.
#pragma once

#include "base/json.h"
#include "rpc/traces.h"

namespace ddblog::traces {

json::object changesOf(const rpc::Span& write);

}  // namespace ddblog::traces
