// AWS::Include: the map in another file, in place of the macro. Only local files are read.
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/create-reusable-transform-function-snippets-and-add-to-your-template-with-aws-include-transform.html
#pragma once

#include <filesystem>

#include "template/intrinsics.h"

namespace ddblog::templates {

// `macro`: {Name: AWS::Include, Parameters: {Location: FILE}}. Another macro, and a location that is
// no local file, is a note and an empty map. Throws TemplateError.
Node includedFile(const Node& macro, const std::filesystem::path& directory, Shared& shared);

// Counts one more file or nested stack. Throws TemplateError beyond the limit of 100 (ours).
void countStack(Shared& shared, Place place);

}  // namespace ddblog::templates
