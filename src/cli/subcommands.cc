#include "cli/subcommands.h"

namespace ddblog::cli {

std::span<const Subcommand> subcommands() {
  static const Subcommand kSubcommands[] = {
      {"offline", "Run the offline cloud: DynamoDB, Streams, EventBridge and Lambda in this process", addOffline},
      {"append", "Append an event to a stream of the log", addAppend},
      {"read", "Print the events of a stream, one JSON object a line", addRead},
      {"fake-data", "Append the events of made-up users", addFakeData},
      {"replay", "Send archived events again, to the bus or into the log table", addReplay},
      {"snapshot", "Save the whole offline cloud's state in a file, or load one", addSnapshot},
      {"export", "Write a table's items as DynamoDB exports them to S3", addExport},
      {"import", "Put the items of a DynamoDB export into a table", addImport},
      {"try", "Take one event through the whole chain and show each step", addTry},
      {"clean", "Remove the offline cloud's data directory", addClean},
      {"trigger", "Run as the function between the log's stream and the bus", addTrigger, true},
  };
  return kSubcommands;
}

}  // namespace ddblog::cli
