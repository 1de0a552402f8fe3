// samconfig.toml (or .yaml, .yml): what the command line of `sam` takes from a file beside the template.
//
// Of its sections "default.*", `template_file` says where the template is. The values of parameters are not taken,
// because they may be those of another stage: a note says so.
// Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-config.html
//
// Limits: 1 MB; in TOML a key and its value are one line. Thread safety: stateless functions.
#pragma once

#include <filesystem>
#include <optional>

#include "template/findings.h"

namespace ddblog::templates {

// The template that the settings in the directory name, if it is there.
std::optional<std::filesystem::path> templateOfSamSettings(const std::filesystem::path& directory);

// `file`: the template that is read.
void noteSamParameters(const std::filesystem::path& file, Findings& findings);

}  // namespace ddblog::templates
