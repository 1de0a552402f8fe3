// The template that a deployment would upload, for people to read.
//
// Thread safety: stateless functions.
#pragma once

#include <string>

#include "deploy/aws/application_package.h"

namespace ddblog::deploy {

// JSON over several lines. Throws what packageApplication() throws.
std::string printTemplate(const PackageRequest& request);

}  // namespace ddblog::deploy
