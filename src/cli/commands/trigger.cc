// dynamodb-log trigger: runs as the function between the log table's stream and the bus.
#include "ddblog/trigger.h"

#include "cli/command_line.h"

namespace ddblog::cli {

void addTrigger(Command& program) {
  program.hiddenSubcommand("trigger", "Run as the function between the log's stream and the bus").runs(runTrigger);
}

}  // namespace ddblog::cli
