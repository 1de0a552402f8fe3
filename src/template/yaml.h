// Converts YAML to a JSON tree as CloudFormation does (only yaml.cc uses yaml-cpp).
//
// Short tags become their long forms: !Ref X is {"Ref": "X"}, !Sub t is {"Fn::Sub": "t"}, !GetAtt
// A.B is {"Fn::GetAtt": ["A", "B"]}. Plain scalars become null, booleans, integers or decimals only
// if YAML 1.2's core schema says so: 012345678901 and 2010-09-09 stay strings. Anchors and merges
// are followed within limits. Thread safety: stateless functions.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "base/json.h"

namespace ddblog::templates {

// An invalid template; what() is one line: "template.yaml:12: …".
class TemplateError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// `name`: the file's name for error messages. Throws TemplateError. Also reads JSON templates,
// because JSON is a subset of YAML.
json::value parseYaml(std::string_view text, const std::string& name);

}  // namespace ddblog::templates
