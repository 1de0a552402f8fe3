// The manual page, in the language of man(7).
//
// Thread safety: a stateless function.
#pragma once

#include <string>

#include "cli/help/command_info.h"

namespace ddblog::cli {

// `version`: "dynamodb-log 0.1.0".
std::string manualPage(const CommandInfo& program, const std::string& version);

}  // namespace ddblog::cli
