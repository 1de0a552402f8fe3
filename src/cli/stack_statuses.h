// What the resources of a stage are doing: those of its stack in AWS, or all of the offline cloud.
//
// Errors: those of LocalCloud and withAws; std::runtime_error if there is no stack. Thread safety: a stateless
// function.
#pragma once

#include <string>
#include <vector>

#include "cli/connection.h"
#include "deploy/aws/resource_status.h"

namespace ddblog::cli {

struct StageStatus {
  std::string place;  // "users-dev in eu-north-1"
  std::string state;
  std::vector<deploy::ResourceStatus> resources;
};

// `template_file` and `stack_name`: of the stack in AWS; empty: as withAws finds them.
StageStatus statusesAt(const ConnectionFlags& connection, const std::string& template_file,
                       const std::string& stack_name);

}  // namespace ddblog::cli
