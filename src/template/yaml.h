// YAML text as a JSON tree, the way CloudFormation reads it (yaml-cpp, known to yaml.cc only).
//
// Short tags become their long forms: !Ref X is {"Ref": "X"}, !Sub t is {"Fn::Sub": "t"}, !GetAtt
// A.B is {"Fn::GetAtt": ["A", "B"]}. Plain scalars become null, true/false, integers and decimals
// only where YAML 1.2's core schema says so: 012345678901 and 2010-09-09 stay strings. Anchors and
// merges are followed within limits. Thread safety: free functions without state.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "base/json.h"

namespace ddblog::templates {

// What is wrong with a template, in one line: "template.yaml:12: …".
class TemplateError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// `name` is the file's name for the error. Throws TemplateError. JSON is YAML, so JSON templates
// are read too.
json::value parseYaml(std::string_view text, const std::string& name);

}  // namespace ddblog::templates
