#include "deploy/aws/application_package.h"

#include "deploy/aws/application_document.h"
#include "deploy/aws/artifacts.h"
#include "deploy/aws/print_template.h"
#include "deploy/aws/template_body.h"
#include "deploy/aws/uploaded_template.h"
#include "deploy/package/package_error.h"
#include "template/template_error.h"

namespace ddblog::deploy {

ApplicationPackage packageApplication(const PackageRequest& request) {
  templates::Findings findings;
  ApplicationPackage package;
  Artifacts artifacts(request);
  TemplateUploader uploader(request, package, artifacts, findings);
  try {
    ApplicationDocument application = readApplication(request, findings);
    package.notes = std::move(application.notes);
    package.is_service = application.is_service;
    package.defaults = std::move(application.defaults);
    package.template_body =
        uploader.upload(application.document, request.template_file, std::move(application.parameters));
  } catch (const templates::TemplateError& e) {
    throw PackageError(findings.at(e.place) + e.what());
  }
  package.artifacts = artifacts.take();
  return package;
}

std::string printTemplate(const PackageRequest& request) {
  return indentedJson(packageApplication(request).template_body);
}

}  // namespace ddblog::deploy
