// An application's template as it is written; a serverless.yml is translated into one.
//
// Errors: PackageError, and TemplateError with a place among the findings. Thread safety: stateless functions.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "deploy/aws/application_package.h"
#include "template/findings.h"
#include "template/node.h"
#include "template/outside.h"

namespace ddblog::deploy {

struct ApplicationDocument {
  templates::Node document;
  std::map<std::string, std::string> parameters;  // as given; of a serverless.yml those that the document declares
  std::map<std::string, std::string> defaults;    // of samconfig.toml, where none are given
  std::vector<std::string> notes;
  bool is_service = false;  // it was a serverless.yml
};

// Adds the files to the findings. Runs a service's JavaScript; packages nothing.
ApplicationDocument readApplication(const PackageRequest& request, templates::Findings& findings);

// What a reader of the document has to know of the account and the stage.
templates::PseudoParameters pseudoParametersOf(const PackageRequest& request);
templates::Outside outsideOf(const PackageRequest& request);

}  // namespace ddblog::deploy
