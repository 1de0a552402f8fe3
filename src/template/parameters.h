// The parameters of a template: their values, checked as CloudFormation checks them.
//
// A parameter without a value does not keep the template from starting: the first use of it is a
// note, and its value is the first of its AllowedValues, or its own name (of a Number: MinValue, or
// 1). A value that somebody gave and that breaks a constraint is an error in CloudFormation's words;
// no message shows a value.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
// Thread safety: none; used while a template is read.
#pragma once

#include <map>
#include <set>
#include <string>

#include "template/findings.h"
#include "template/node.h"
#include "template/outside.h"

namespace ddblog::templates {

// What stands in for values that nobody gave: of parameters, of other stacks' exports, of stored secrets.
struct StandIns {
  std::set<std::string> values;  // all
  // Those of them that are names (no numbers, no ARNs, and maybe no valid values), and texts that are made of these.
  // Of a number, which others may mean, there is the reference to its parameter: referenceText().
  std::set<std::string, std::less<>> texts;
};

// "!Ref NAME"
std::string referenceText(const std::string& parameter);

class Parameters {
 public:
  // `declared`: the section Parameters; nullptr: there is none. `given`: values from outside; a value
  // that holds a list is written with commas. Values that stand in for what nobody gave are added to
  // `stand_ins`. All must outlive this. Throws TemplateError for a given value that breaks a
  // constraint or that no parameter takes.
  Parameters(const Node* declared, std::map<std::string, std::string> given, const Outside& outside,
             StandIns& stand_ins, Findings& findings);

  // The parameter's value: a text, or a list for the types of lists. nullptr: there is no such
  // parameter. Throws TemplateError if its Default breaks a constraint.
  const Node* value(const std::string& name);

 private:
  Node resolve(const std::string& name, const Node& declaration);
  std::string standIn(const std::string& name, const Node& declaration, const std::string& type);
  std::string stored(const std::string& name, const std::string& key, Place place);

  const Node* declared_;
  std::map<std::string, std::string> given_;
  const Outside& outside_;
  StandIns& stand_ins_;
  Findings& findings_;
  std::map<std::string, Node> values_;
};

}  // namespace ddblog::templates
