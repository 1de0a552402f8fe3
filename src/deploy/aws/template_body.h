// A template's tree as the JSON that is uploaded.
//
// Thread safety: stateless functions.
#pragma once

#include <string>

#include "base/json.h"
#include "template/node.h"

namespace ddblog::deploy {

// The runtime of the built-in trigger, if the template names none.
inline constexpr const char* kTriggerRuntime = "provided.al2023";

// `document` must be a map. Numbers that JSON would write otherwise (1.10, 007) become texts, as they are
// offline.
json::object templateBody(const templates::Node& document);

// A CodeUri of the Globals is in each function by now.
void removeGlobalCode(json::object& body);

// JSON over several lines, two spaces a level.
std::string indentedJson(const json::value& value);

}  // namespace ddblog::deploy
