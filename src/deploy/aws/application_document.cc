#include "deploy/aws/application_document.h"

#include <cstdint>
#include <filesystem>

#include "deploy/package/package_error.h"
#include "template/sam_settings.h"
#include "template/serverless/document.h"
#include "template/serverless/service.h"
#include "template/yaml.h"

namespace ddblog::deploy {
namespace {

namespace fs = std::filesystem;
namespace serverless = templates::serverless;

// The errors of `read` name the file already.
template <class Read>
auto withoutPlaces(const Read& read) {
  try {
    return read();
  } catch (const templates::TemplateError& e) {
    throw PackageError(e.what());
  }
}

ApplicationDocument ofService(const PackageRequest& request, std::uint32_t number, templates::Findings& findings) {
  serverless::Inputs inputs = serverless::inputsOf(request.parameters, {}, {});
  inputs.stage = request.stage;
  inputs.region = request.region;
  inputs.account_id = request.account;
  inputs.is_for_aws = true;
  serverless::Translation service = withoutPlaces([&] { return serverless::translate(request.template_file, inputs); });
  templates::Node document = serverless::documentOf(service, request.template_file, number, findings);
  return {std::move(document), std::move(service.parameters), {}, std::move(service.notes), true};
}

}  // namespace

ApplicationDocument readApplication(const PackageRequest& request, templates::Findings& findings) {
  const fs::path& file = request.template_file;
  const std::uint32_t number = findings.addFile(file.string());
  const bool is_named_service = serverless::hasServiceName(file);
  if (is_named_service && !serverless::isTemplateByContent(file)) return ofService(request, number, findings);
  const std::string text = withoutPlaces([&] { return templates::readTextFile(file); });
  templates::Node document = templates::parseTemplateText(text, number, findings);
  if (serverless::isService(document)) return ofService(request, number, findings);
  ApplicationDocument application{std::move(document), request.parameters, {}, {}, false};
  std::map<std::string, std::string> given = request.parameters;
  given.insert(request.stack_parameters.begin(), request.stack_parameters.end());
  templates::Findings notes;
  application.defaults =
      templates::samParameters(file, application.document, templates::samSectionsForAws(request.stage), given, notes);
  for (const templates::Finding& note : notes.sorted()) application.notes.push_back(note.text);
  application.parameters.insert(application.defaults.begin(), application.defaults.end());
  return application;
}

templates::PseudoParameters pseudoParametersOf(const PackageRequest& request) {
  return {.region = request.region, .account_id = request.account, .stack_name = request.stack_name};
}

templates::Outside outsideOf(const PackageRequest& request) {
  return {.stage = request.stage, .is_stage_given = true, .imports = {}, .stored = {}};
}

}  // namespace ddblog::deploy
