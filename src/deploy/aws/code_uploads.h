// The code of functions and layers: packs it, and writes its address in S3 into the template that is uploaded. Code
// that several functions share is packed once.
//
// Errors: PackageError, templates::TemplateError. Thread safety: none.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "deploy/aws/application_package.h"
#include "deploy/aws/artifacts.h"
#include "deploy/aws/template_upload.h"
#include "deploy/package/function_code.h"
#include "template/node.h"

namespace ddblog::deploy {

class CodeUploads {
 public:
  // All must outlive this. Notes go to `package`.
  CodeUploads(const PackageRequest& request, ApplicationPackage& package, Artifacts& artifacts)
      : request_(request), package_(package), artifacts_(artifacts) {}

  // Code that is in the template, in S3 already, or in an image stays as it is.
  void takeFunction(TemplateUpload& of, const std::string& id, const templates::Node& resource, json::object& declared);
  void takeLayer(TemplateUpload& of, const std::string& id, const templates::Node& resource, json::object& declared);
  // Of the functions with their layers, once all are known. Throws what names the largest files.
  static void checkSizes(const TemplateUpload& of);

 private:
  FunctionCode codeOf(TemplateUpload& of, const std::string& id, const templates::Node& resource,
                      const std::filesystem::path& code) const;
  const CodePackage& packed(const FunctionCode& function);

  const PackageRequest& request_;
  ApplicationPackage& package_;
  Artifacts& artifacts_;
  std::map<std::string, CodePackage> packages_;  // by what they are made of
};

}  // namespace ddblog::deploy
