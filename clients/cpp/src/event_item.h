// Reads events from items of the log table, and builds attributes. The format is in
// include/ddblog/event.h.
//
// Thread safety: stateless functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json.h"
#include "ddblog/event.h"

namespace ddblog {

// The largest version: beyond 2^53 - 1 JavaScript cannot count.
inline constexpr std::uint64_t kLastVersion = (std::uint64_t{1} << 53) - 1;

// Whether an item's sort key is a version.
bool hasVersion(const json::object& item);
// That version. Throws InvalidEvent.
std::uint64_t versionOf(const json::object& item);

// Throws InvalidEvent, which says what is missing or wrong. Ignores other attributes.
Event eventFromItem(const json::object& item);

// The members of an event's item but its key, without the braces. `payload`: attributes.
std::string itemMembers(const Event& event, std::string_view payload);
// The item with them, at this version of the stream `pk`.
std::string itemAt(std::string_view pk, std::uint64_t version, std::string_view members);

// The detail of an event on the bus (ddblog/publish.h). `partial`: without the payload.
std::string detailOf(const Event& event, bool partial);

// {"S": "value"}
std::string stringAttribute(std::string_view value);
// {"N": "<number>"}
std::string numberAttribute(std::string_view number);

// The string of a member of type S; empty if the member is absent or of another type.
std::string optionalText(const json::object& item, std::string_view name);
// The string of a member of type S or N; nullptr if the member is absent or of another type.
const json::string* typedMember(const json::object& item, std::string_view name, std::string_view type);

}  // namespace ddblog
