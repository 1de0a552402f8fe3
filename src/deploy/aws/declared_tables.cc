#include "deploy/aws/declared_tables.h"

#include <filesystem>
#include <optional>

#include "deploy/aws/application_document.h"
#include "deploy/aws/table_names.h"
#include "deploy/package/package_error.h"
#include "template/stack.h"
#include "template/template_error.h"

namespace ddblog::deploy {
namespace {

DeclaredTables tablesOf(ApplicationDocument application, const PackageRequest& request, templates::Findings& findings) {
  const templates::PseudoParameters pseudo = pseudoParametersOf(request);
  const templates::Outside outside = outsideOf(request);
  templates::Shared shared{pseudo, outside, findings};
  templates::Stack stack(std::move(application.document), std::move(application.parameters), shared,
                         std::filesystem::absolute(request.template_file).parent_path(), "");
  DeclaredTables tables;
  for (const templates::Node::Member& resource : stack.resources().members) {
    const templates::Node* name = tableNameOf(resource.value);
    if (!name) continue;
    const std::string subject = findings.at(name->place) + "the name of the table " + resource.name;
    try {
      const std::optional<std::string> known = knownText(stack.intrinsics(), findings, *name);
      if (known) tables.names.push_back(*known);
      if (!known) tables.notes.push_back(subject + " is known in AWS only, so the table is not looked for");
    } catch (const templates::TemplateError& e) {
      tables.notes.push_back(subject + ": " + e.what());
    }
  }
  return tables;
}

}  // namespace

DeclaredTables declaredTables(const PackageRequest& request) {
  templates::Findings findings;
  try {
    return tablesOf(readApplication(request, findings), request, findings);
  } catch (const templates::TemplateError& e) {
    throw PackageError(findings.at(e.place) + e.what());
  }
}

}  // namespace ddblog::deploy
