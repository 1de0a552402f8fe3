// The option --output of subcommands that print items.
//
// Thread safety: stateless functions.
#pragma once

#include <string>

#include "cli/command_line.h"
#include "cli/query/item_output.h"

namespace ddblog::cli {

// --output,-o table|json|jsonl. An empty `output` stands for `usually`. Both must outlive the CommandLine.
void addOutputOption(Command& command, std::string& output, const std::string& usually);

// A table on a terminal, elsewhere JSON Lines, unless `output` says something else.
ItemOutput::Format outputFormat(const std::string& output);

}  // namespace ddblog::cli
