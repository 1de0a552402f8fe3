// dynamodb-log trigger: the function between the log table's stream and the bus, for the offline
// cloud.
#include "clients/cpp/src/trigger.h"

#include "cli/subcommands.h"

namespace ddblog::cli {

Run addTrigger(CLI::App&) { return runTrigger; }

}  // namespace ddblog::cli
