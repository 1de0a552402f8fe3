// Reads YAML into a tree as CloudFormation does. Also reads JSON, which is a subset of YAML.
//
// Short tags become their long forms: !Ref X is {"Ref": "X"}, !Sub t is {"Fn::Sub": "t"}, !GetAtt
// A.B is {"Fn::GetAtt": ["A", "B"]}. Anchors and merges are followed within limits. Of a key that
// appears twice the last one counts, with a note.
//
// Limits, ours: 100 levels, and 200,000 nodes and 64 MB of text after anchors are followed ("billion
// laughs"); an anchored value counts twice.
// Thread safety: stateless functions.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "template/findings.h"
#include "template/node.h"
#include "template/template_error.h"

namespace ddblog::templates {

// Throws TemplateError with the place.
Node parseTemplateText(std::string_view text, std::uint32_t file, Findings& findings);

// The same as a JSON tree, without notes. `name`: the file's name, for TemplateError: "NAME:12: …".
json::value parseYaml(std::string_view text, const std::string& name);

}  // namespace ddblog::templates
