// Scripts that let a shell complete the program's subcommands, options and their choices with Tab.
//
// Thread safety: stateless functions.
#pragma once

#include <string>

#include "cli/help/command_info.h"

namespace ddblog::cli {

std::string bashCompletion(const CommandInfo& program);
std::string zshCompletion(const CommandInfo& program);
std::string fishCompletion(const CommandInfo& program);

}  // namespace ddblog::cli
