// Files beside a template, which CloudFormation reads from S3: those that properties name (local_files.h), and those of
// AWS::Include. They become addresses in the template that is uploaded.
//
// Errors: templates::TemplateError. Thread safety: stateless functions.
#pragma once

#include <filesystem>
#include <string>

#include "base/json.h"
#include "deploy/aws/artifacts.h"

namespace ddblog::deploy {

// Those of a resource.
void uploadFiles(const std::filesystem::path& directory, const std::string& id, const std::string& type,
                 json::object& declared, Artifacts& artifacts);
// Those of AWS::Include, wherever it stands. Returns whether there are any: they are macros.
bool uploadIncludes(const std::filesystem::path& directory, json::value& value, Artifacts& artifacts);

}  // namespace ddblog::deploy
