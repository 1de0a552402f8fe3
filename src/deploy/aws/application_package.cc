#include "deploy/aws/application_package.h"

#include "deploy/aws/artifacts.h"
#include "deploy/aws/print_template.h"
#include "deploy/aws/template_body.h"
#include "deploy/aws/uploaded_template.h"
#include "deploy/package/package_error.h"
#include "template/serverless/document.h"
#include "template/serverless/service.h"
#include "template/yaml.h"

namespace ddblog::deploy {

namespace {

using templates::Node;

class ApplicationPackager {
 public:
  explicit ApplicationPackager(const PackageRequest& request)
      : request_(request), artifacts_(request), uploader_(request, package_, artifacts_, findings_) {}

  ApplicationPackage pack() {
    try {
      package_.template_body = body();
    } catch (const templates::TemplateError& e) {
      throw PackageError(findings_.at(e.place) + e.what());
    }
    package_.artifacts = artifacts_.take();
    return std::move(package_);
  }

 private:
  json::object body() {
    const std::filesystem::path& file = request_.template_file;
    const std::uint32_t number = findings_.addFile(file.string());
    const bool is_named_service = templates::serverless::hasServiceName(file);
    if (is_named_service && !templates::serverless::isTemplateByContent(file)) return ofService(number);
    const Node document = templates::parseTemplateText(textOf(file), number, findings_);
    if (templates::serverless::isService(document)) return ofService(number);
    return uploader_.upload(document, file, request_.parameters);
  }

  json::object ofService(std::uint32_t number) {
    namespace serverless = templates::serverless;
    serverless::Inputs inputs = serverless::inputsOf(request_.parameters, {}, {});
    inputs.stage = request_.stage;
    inputs.region = request_.region;
    inputs.account_id = request_.account;
    inputs.is_for_aws = true;
    serverless::Translation service = translated(request_.template_file, inputs);
    package_.notes = std::move(service.notes);
    const Node document = serverless::documentOf(service, request_.template_file, number, findings_);
    return uploader_.upload(document, request_.template_file, service.parameters);
  }

  // These errors name the file already.
  static std::string textOf(const std::filesystem::path& file) {
    try {
      return templates::readTextFile(file);
    } catch (const templates::TemplateError& e) {
      throw PackageError(e.what());
    }
  }
  static templates::serverless::Translation translated(const std::filesystem::path& file,
                                                       const templates::serverless::Inputs& inputs) {
    try {
      return templates::serverless::translate(file, inputs);
    } catch (const templates::TemplateError& e) {
      throw PackageError(e.what());
    }
  }

  const PackageRequest& request_;
  templates::Findings findings_;
  ApplicationPackage package_;
  Artifacts artifacts_;
  TemplateUploader uploader_;
};

}  // namespace

ApplicationPackage packageApplication(const PackageRequest& request) { return ApplicationPackager(request).pack(); }

std::string printTemplate(const PackageRequest& request) {
  return indentedJson(packageApplication(request).template_body);
}

}  // namespace ddblog::deploy
