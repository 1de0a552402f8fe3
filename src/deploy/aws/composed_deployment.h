// Deploys the services of a serverless-compose.yml one after another, each as a stack of its own, and removes them in
// the reverse order. An output that another service gets as a parameter is one of the deployed stack.
//
// Errors: as deployment.h; the first one ends it, and what was deployed before stays, which is said.
// Thread safety: none.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "deploy/aws/deployment.h"
#include "deploy/aws/removal.h"
#include "template/serverless/composed_services.h"

namespace ddblog::deploy {

// The file, if it is a list of services (by its name).
std::optional<std::filesystem::path> composeFile(const std::filesystem::path& file);

// Its services, in the order of their deployment. Throws PackageError.
std::vector<templates::serverless::ComposedService> composedServices(const std::filesystem::path& file,
                                                                     const std::string& stage,
                                                                     const std::string& region);

struct ComposedStack {
  templates::serverless::ComposedService service;
  std::string stack_name;
};

// `options`: of all; each service's own template, stack and parameters are added. kDeployed if any was deployed.
DeployOutcome deployAll(aws::Session& session, Ids& ids, const Packager& package,
                        const std::vector<ComposedStack>& stacks, const DeployOptions& options, UserDialog& dialog);

// `stacks`: in the order of their deployment. kRemoved if any was removed.
RemoveOutcome removeAll(aws::Session& session, Ids& ids, const FindTables& find_tables,
                        const std::vector<ComposedStack>& stacks, const RemoveOptions& options, UserDialog& dialog);

}  // namespace ddblog::deploy
