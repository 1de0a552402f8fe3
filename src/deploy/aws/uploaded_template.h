// The template that is uploaded, made from the one that is written: everything stays as it is (intrinsic
// functions, conditions, comments in Metadata), except that
//
//   - local code, layers, definitions, included files and nested templates become addresses in S3;
//   - a table's name is a literal: only then CloudFormation takes over a table that an earlier stack kept;
//   - the built-in trigger has a runtime and a handler;
//   - Fn::ForEach among the Resources is replaced by the resources that it makes.
//
// Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-automatically.html,
// https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html
// Thread safety: none.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "deploy/aws/application_package.h"
#include "deploy/aws/artifacts.h"
#include "deploy/aws/code_uploads.h"
#include "deploy/aws/table_names.h"
#include "deploy/aws/template_upload.h"
#include "template/findings.h"
#include "template/outside.h"
#include "template/stack.h"

namespace ddblog::deploy {

class TemplateUploader {
 public:
  // All must outlive this.
  TemplateUploader(const PackageRequest& request, ApplicationPackage& package, Artifacts& artifacts,
                   templates::Findings& findings);

  // The outermost template. `parameters`: their values, for what has to be evaluated here; others have the
  // stack's. Throws PackageError and TemplateError.
  json::object upload(const templates::Node& document, const std::filesystem::path& file,
                      std::map<std::string, std::string> parameters);

 private:
  json::object uploaded(const templates::Node& document, const std::filesystem::path& file,
                        const std::map<std::string, std::string>& parameters, bool is_nested);
  void takeResource(TemplateUpload& of, const std::string& id, const templates::Node& resource, json::object& declared);
  void takeNested(TemplateUpload& of, const std::string& id, const templates::Node& resource, json::object& declared);

  const PackageRequest& request_;
  ApplicationPackage& package_;
  Artifacts& artifacts_;
  templates::Findings& findings_;
  const templates::PseudoParameters pseudo_;
  const templates::Outside outside_;
  templates::Shared shared_;
  CodeUploads code_;
  TableNames tables_;
};

}  // namespace ddblog::deploy
