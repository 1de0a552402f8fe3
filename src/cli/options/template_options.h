// The options of all commands that read an application's template.
//
// Thread safety: stateless functions.
#pragma once

#include <string>
#include <vector>

#include "cli/command_line.h"
#include "offline/launch_options.h"

namespace ddblog::cli {

struct TemplateFlags {
  std::string stage, region;
  std::vector<std::string> parameters;
  std::vector<std::string> imports;
  std::vector<std::string> stored_values;
};

// --parameter, --import, --ssm, --stage, --region. `flags` must live until the command has run.
void addTemplateOptions(Command& command, TemplateFlags& flags);

// Sets in `options` what the flags say; the stage and the region go into `given`, which comes next
// (applyLaunchOptions). Throws std::invalid_argument.
void applyTemplateFlags(const TemplateFlags& flags, offline::LaunchOptions& given, offline::OfflineOptions& options);

}  // namespace ddblog::cli
