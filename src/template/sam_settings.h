// samconfig.toml (or .yaml, .yml): what the command line of `sam` takes from a file beside the template.
//
// It has sections for each environment and command: "default.deploy.parameters". Of "default.*", `template_file` says
// where the template is. `parameter_overrides` gives the template's parameters their values, if they are those for the
// stage: of what is run here, "default" (or the environment that is named as the stage) for all commands or for
// `sam local`; of what is deployed, the environment that is named as the stage. A note names the others.
// Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-config.html
//
// Limits: 1 MB. Thread safety: stateless functions.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "template/findings.h"
#include "template/node.h"

namespace ddblog::templates {

// The template that the settings in the directory name, if it is there.
std::optional<std::filesystem::path> templateOfSamSettings(const std::filesystem::path& directory);

struct SamSections {
  std::vector<std::string> environments;  // the first one with values wins
  std::vector<std::string> commands;
};

// What `offline` and `deploy` read. `stage`: empty: none was given.
SamSections samSectionsHere(const std::string& stage);
SamSections samSectionsForAws(const std::string& stage);

// The values for parameters that the template declares and that `given` does not have; never that of the parameter
// Stage. Notes what is taken, or that there is something that is not. `file`: the template; `document`: what it holds.
std::map<std::string, std::string> samParameters(const std::filesystem::path& file, const Node& document,
                                                 const SamSections& sections,
                                                 const std::map<std::string, std::string>& given, Findings& findings);

// The values in "Color=red Size=\"very large\"", or in "ParameterKey=Color,ParameterValue=red …".
std::map<std::string, std::string> parameterOverrides(const std::string& text);

}  // namespace ddblog::templates
