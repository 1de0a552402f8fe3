#include "cli/version.h"

namespace ddblog::cli {

std::string versionLine() { return "dynamodb-log " DDBLOG_VERSION; }  // from CMakeLists.txt

}  // namespace ddblog::cli
