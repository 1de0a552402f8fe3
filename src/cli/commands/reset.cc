// dynamodb-log reset: takes the offline cloud back to its start, or to a checkpoint.
#include <iostream>

#include "base/json.h"
#include "cli/cloud/local_cloud.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/terminal/confirm.h"
#include "cli/terminal/exit_status.h"
#include "ddblog/errors.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log reset                              the template's tables, rules, queues and functions, and no data
  dynamodb-log reset --yes                        the same, and deletes the data in a directory without asking
  dynamodb-log reset --checkpoint prepared        the state that PUT /_local/checkpoints/prepared has saved

The clock shows the machine's time again. Running invocations get 5 seconds to finish.)";

constexpr const char* kInstead = "a separate stage for tests";

struct Flags {
  ConnectionFlags connection;
  std::string checkpoint;
  bool yes = false;
};

int reset(const Flags& flags) {
  json::object request;
  if (!flags.checkpoint.empty()) request["checkpoint"] = flags.checkpoint;
  if (flags.yes) request["confirm"] = "data";
  const LocalCloud cloud(flags.connection, kInstead, 1);
  const auto send = [&] { cloud.send("POST", "/_local/reset", {}, json::serialize(request)); };
  try {
    send();
  } catch (const ServiceError& error) {
    if (error.type() != "ResetNotConfirmed") throw;
    if (!confirm("Delete the data of the offline cloud at " + cloud.url() + "?", "reset")) {
      std::cout << "Nothing was deleted." << std::endl;
      return kFailure;
    }
    request["confirm"] = "data";
    send();
  }
  std::cout << "The offline cloud at " << cloud.url() << " is as "
            << (flags.checkpoint.empty() ? "after a start." : "at the checkpoint " + flags.checkpoint + ".")
            << std::endl;
  return kOk;
}

}  // namespace

void addReset(Command& program) {
  Command command = program.subcommand("reset", "Take the offline cloud back to its start, or to a checkpoint");
  auto flags = std::make_shared<Flags>();
  command.option("--checkpoint NAME", flags->checkpoint, "Back to this checkpoint");
  command.flag("--yes,-y", flags->yes, "Do not ask before data in a directory is deleted");
  addConnectionFlags(command, flags->connection);
  command.examples(kExamples);
  command.runs([flags] { return reset(*flags); });
}

}  // namespace ddblog::cli
