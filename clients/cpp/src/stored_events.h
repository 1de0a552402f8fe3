// Events between the application and the table: ddblog/schema.h applied to payloads, metadata and
// items.
//
// Thread safety: stateless functions; the schema's own functions must allow their use.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "ddblog/event.h"
#include "ddblog/schema.h"

namespace ddblog {

// Returns the schema. Throws InvalidArgument if its codec has one function without the other.
Schema checkedSchema(Schema schema);

// The payload to store as attributes, encoded, with the stream's id. Throws InvalidArgument if it is
// not a JSON object or has another id, and what the codec throws.
std::string storedPayload(const Schema& schema, std::string_view log, std::string_view id, const NewEvent& event);

// The metadata to store, with the latest schema version of the event's type, if that is not 1.
std::string storedMetadata(const Schema& schema, const NewEvent& event);

// An item of the log table as the application's event: decoded, in the latest schema version. Throws
// InvalidEvent, and what the codec and the upcasters throw.
Event eventFromItem(const json::object& item, const Schema& schema);

}  // namespace ddblog
