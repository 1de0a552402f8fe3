// The names of the tables that a template declares, read without packaging the application: a removal looks for those
// that an earlier one kept.
//
// Errors: PackageError. Thread safety: a stateless function.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "deploy/aws/application_package.h"

namespace ddblog::deploy {

struct DeclaredTables {
  std::vector<std::string> names;  // of the outermost template: those of nested stacks belong to other stacks
  std::vector<std::string> notes;  // one line each, for stderr: tables whose names only AWS knows
};

using FindTables = std::function<DeclaredTables(const PackageRequest&)>;

DeclaredTables declaredTables(const PackageRequest& request);

}  // namespace ddblog::deploy
