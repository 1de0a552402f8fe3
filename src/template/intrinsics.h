// CloudFormation's intrinsic functions, resolved for the offline cloud: Ref, Fn::Sub, Fn::GetAtt,
// Fn::Join, Fn::Select, Fn::Split, Fn::FindInMap, Fn::If with Conditions (Equals, And, Or, Not),
// Fn::Base64; pseudo parameters (AWS::Region …). Functions without a meaning offline
// (Fn::ImportValue, Fn::GetAZs …) are rejected by name. Source:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
//
// Thread safety: none; used while a template is read.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/json.h"
#include "template/yaml.h"

namespace ddblog::templates {

struct PseudoParameters {
  std::string region = "us-east-1";
  std::string account_id = "000000000000";
  std::string stack_name = "local";
  std::string endpoint = "http://127.0.0.1:8000";  // in the URLs of queues
};

class Intrinsics {
 public:
  // `document`: the whole template; it must outlive this. `parameters`: values that replace the
  // declared defaults; values of undeclared parameters are ignored. Throws TemplateError for a
  // parameter without a value.
  Intrinsics(const json::object& document, std::map<std::string, std::string> parameters, PseudoParameters pseudo);

  // The value with all its functions evaluated. {"Ref": "AWS::NoValue"} removes the property or
  // element.
  json::value resolve(const json::value& value);
  // Whether the condition with this name holds.
  bool condition(const std::string& name);

  // A resource's explicit name, otherwise one made of its logical id. Ref returns it for most types.
  std::string physicalName(const std::string& logical_id);
  std::string arn(const std::string& logical_id);
  const PseudoParameters& pseudo() const { return pseudo_; }

 private:
  struct Nesting;
  const json::object& resource(const std::string& logical_id) const;
  std::string reference(const std::string& name);
  std::string attribute(const std::string& logical_id, const std::string& name);
  std::string substitute(const json::value& argument);
  json::value call(std::string_view function, const json::value& argument);
  json::value join(const json::value& argument);
  json::value select(const json::value& argument);
  json::value split(const json::value& argument);
  json::value findInMap(const json::value& argument);
  json::value choose(const json::value& argument);
  bool truth(const json::value& condition);
  std::string text(const json::value& value, std::string_view where);

  const json::object& document_;
  PseudoParameters pseudo_;
  std::map<std::string, json::value> parameters_;
  int depth_ = 0;
};

}  // namespace ddblog::templates
