// The names of the tables in the template that is uploaded. Each is a literal, because CloudFormation takes over a table
// that an earlier stack kept only by such a name.
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-automatically.html
//
// Thread safety: none.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "deploy/aws/application_package.h"
#include "deploy/aws/template_upload.h"
#include "template/findings.h"
#include "template/intrinsics.h"
#include "template/node.h"

namespace ddblog::deploy {

// The template parameter that --stage sets.
inline constexpr std::string_view kStageParameter = "Stage";

// Whether a resource of this type is a table, in a template as it is written.
bool declaresTable(std::string_view type);

// Where a resource that is a table has its name; nullptr: it is none, or AWS makes its name.
const templates::Node* tableNameOf(const templates::Node& resource);

// The value of a text; std::nullopt: only AWS knows it. Throws TemplateError.
std::optional<std::string> knownText(templates::Intrinsics& intrinsics, const templates::Findings& findings,
                                     const templates::Node& value);

class TableNames {
 public:
  // Both must outlive this. Notes go to `package`.
  TableNames(ApplicationPackage& package, templates::Findings& findings) : package_(package), findings_(findings) {}

  // Writes the table's name as a literal. Notes what would lose its items, and a name that only AWS knows, which stays
  // as it is. Throws PackageError for a name that cannot be evaluated.
  void take(TemplateUpload& of, const std::string& id, const templates::Node& resource, json::object& declared);

 private:
  void noteDefaults(const TemplateUpload& of, const std::string& id, const templates::Node& name);
  void note(templates::Place place, const std::string& what);

  ApplicationPackage& package_;
  templates::Findings& findings_;
};

}  // namespace ddblog::deploy
