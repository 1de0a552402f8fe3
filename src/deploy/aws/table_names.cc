#include "deploy/aws/table_names.h"

#include "base/json_fields.h"
#include "deploy/aws/stack_resources.h"
#include "deploy/aws/template_body.h"
#include "deploy/aws/template_resource.h"
#include "deploy/package/package_error.h"
#include "template/template_error.h"

namespace ddblog::deploy {

using templates::Node;

bool declaresTable(std::string_view type) { return isTable(type) || type == "AWS::Serverless::SimpleTable"; }

const Node* tableNameOf(const Node& resource) {
  const Node* properties = declaresTable(typeOf(resource)) ? resource.given("Properties") : nullptr;
  return properties ? properties->given("TableName") : nullptr;
}

std::optional<std::string> knownText(templates::Intrinsics& intrinsics, const templates::Findings& findings,
                                     const Node& value) {
  const std::size_t said = findings.sorted().size();
  const std::size_t stand_ins = intrinsics.standInsUsed();
  std::string text = intrinsics.text(value, "TableName");
  if (findings.sorted().size() > said || intrinsics.standInsUsed() > stand_ins) return std::nullopt;
  return text;
}

void TableNames::note(templates::Place place, const std::string& what) {
  package_.notes.push_back(findings_.at(place) + what);
}

void TableNames::take(TemplateUpload& of, const std::string& id, const Node& resource, json::object& declared) {
  if (of.is_nested) return;  // CloudFormation takes over nothing into a nested stack
  const Node* policy = resource.given("DeletionPolicy");
  if (!policy || !policy->text.starts_with("Retain")) {
    note(resource.place,
         "the table " + id + " is deleted with its stack; DeletionPolicy: RetainExceptOnCreate keeps what is in it");
  }
  const Node* name = tableNameOf(resource);
  if (!name || !name->isMap()) return;
  std::optional<std::string> literal;
  try {
    literal = knownText(of.stack.intrinsics(), findings_, *name);
  } catch (const templates::TemplateError& e) {
    throw PackageError(findings_.at(e.place.line > 0 ? e.place : name->place) + "the name of the table " + id + ": " +
                       e.what());
  }
  if (!literal) {
    note(name->place, "the name of the table " + id +
                          " is known in AWS only, so a later stack cannot take the table over: give its parameters");
    return;
  }
  noteDefaults(of, id, *name);
  propertiesOf(declared)["TableName"] = *literal;
}

// A stack keeps the values of its parameters, and the literal is made here: both must be the same.
void TableNames::noteDefaults(const TemplateUpload& of, const std::string& id, const Node& name) {
  const json::object* parameters = objectOf(of.body, "Parameters");
  const std::string text = json::serialize(templateBody(name));
  for (const auto& parameter : parameters ? *parameters : json::object()) {
    const std::string key(parameter.key());
    const bool is_used =
        text.find("\"Ref\":\"" + key + "\"") != std::string::npos || text.find("${" + key + "}") != std::string::npos;
    if (!is_used || key == kStageParameter || of.parameters.contains(key)) continue;
    note(name.place, "the name of the table " + id + " is made with the default of " + key +
                         ": if the stack has another value, give it with --parameter");
  }
}

}  // namespace ddblog::deploy
