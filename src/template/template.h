// Reads a template (AWS SAM or CloudFormation, YAML or JSON) into an App.
//
// What cannot run here is a note with its place, and everything else runs. An error is only what is no
// template, or what is wrong in a resource that does run. Nested stacks and applications in local
// files are read too; their resources are named after the stack, "Nested-Table".
//
// A serverless.yml is translated into such a template first (serverless/service.h).
//
// A function with `Metadata: {DynamodbLog: {BuiltIn: trigger}}` runs here as the built-in trigger.
// Sources:
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html,
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-template-resource-type-ref.html
//
// Limits: 1 MB a file (CloudFormation's), 100 nested and included files (ours); yaml.h, intrinsics.h.
// Thread safety: stateless functions.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "template/app.h"
#include "template/findings.h"
#include "template/node.h"
#include "template/outside.h"
#include "template/template_error.h"

namespace ddblog::templates {

// A template, read as far as possible.
struct TemplateReport {
  struct Line {
    Finding::Kind kind;
    std::string place;  // "template.yaml:12: "
    std::string text;
  };

  App app;                  // without the resources that have errors
  std::vector<Line> lines;  // what runs, what does not, and what is wrong, in the order of the file
};

// The stage and the region, if the command line names them.
struct GivenPlace {
  std::optional<std::string> stage;
  std::optional<std::string> region;
};

// A template's file, read and parsed; or the directory that `cdk synth` writes, whose stacks are one
// application. One template of such a directory sees what the others export. A serverless.yml is translated, for which its scripts run: once, however often the
// application is read.
class TemplateFile {
 public:
  // Throws TemplateError with one line: the file cannot be read, or is no template.
  TemplateFile(std::filesystem::path file, std::map<std::string, std::string> parameters, const GivenPlace& given);
  ~TemplateFile();
  TemplateFile(const TemplateFile&) = delete;

  // How the file wants the cloud to be started. Only a serverless.yml says anything.
  const LaunchSettings& settings() const { return settings_; }
  // Throws TemplateError with one line if the file is no template, or does not take the parameters.
  TemplateReport inspect(PseudoParameters pseudo, const Outside& outside) const;
  // The same, but throws TemplateError for the first error, too.
  App read(const PseudoParameters& pseudo, const Outside& outside) const;

 private:
  struct Content;

  const Node& readDocument(const std::filesystem::path& file, const std::string& name_prefix);
  void readSiblings();

  const std::filesystem::path file_;
  std::map<std::string, std::string> parameters_;
  LaunchSettings settings_;
  std::unique_ptr<Content> content_;
};

// The template that is used when none is named: template.yaml, template.yml or template.json in the
// directory, or else the one that samconfig.toml names, or what `sam build` made of it, if that is
// newer; or else serverless.yml (also .yaml, .json, .js …), or what `cdk synth` wrote. A
// serverless-compose.yml (or another ending) is found last: reading it says what to start instead. std::nullopt: there is
// none.
std::optional<std::filesystem::path> findTemplate(const std::filesystem::path& directory);

}  // namespace ddblog::templates
