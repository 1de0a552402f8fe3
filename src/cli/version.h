// Which version of the program this is.
//
// Thread safety: a stateless function.
#pragma once

#include <string>

namespace ddblog::cli {

// "dynamodb-log 0.1.0", as --version prints it.
std::string versionLine();

}  // namespace ddblog::cli
