// dynamodb-log remove: removes a stage's stack from AWS, and what it left behind.
#include <iostream>

#include "cli/command_line.h"
#include "cli/options/stack_flags.h"
#include "cli/output/deployment_dialog.h"
#include "cli/terminal/exit_status.h"
#include "deploy/aws/declared_tables.h"
#include "deploy/aws/removal.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log remove --stage dev
  dynamodb-log remove --stage dev --delete-data       with the tables and all events

Tables with "DeletionPolicy: Retain" or RetainExceptOnCreate stay, and the next deployment takes them over.
What goes for good with the stack is asked for even with --yes, unless --delete-data says that it is meant.
--delete-data asks you to type the stage; together with --yes it asks nothing.)";

struct Flags {
  StackFlags stack;
  bool delete_data = false;
  bool delete_archives = false;
};

int removeStage(const Flags& flags) {
  deploy::RemoveOptions options;
  options.stage = flags.stack.stage;
  const auto compose = composeFileOf(flags.stack);
  if (!compose) options.stack_name = stackNameOf(flags.stack);
  options.bucket = flags.stack.bucket;
  options.role_arn = flags.stack.role_arn;
  options.template_file = [&flags] { return templateOf(flags.stack); };
  options.delete_data = flags.delete_data;
  options.delete_archives = flags.delete_archives;
  options.yes = flags.stack.yes;
  confirmStage(flags.stack, "remove");
  return withAws(flags.stack, [&](aws::Session& session, Ids& ids) {
    const auto dialog = deploymentDialog(dialogSettings(flags.stack.output == "json"), std::cout, std::cerr);
    const auto removeOne = [&] { return deploy::remove(session, ids, deploy::declaredTables, options, *dialog); };
    const auto removeAll = [&] {
      const auto stacks = composedStacks(*compose, flags.stack, session.endpoint(aws::kCloudFormation).region);
      return deploy::removeAll(session, ids, deploy::declaredTables, stacks, options, *dialog);
    };
    const auto outcome = compose ? removeAll() : removeOne();
    return outcome == deploy::RemoveOutcome::kDeclined ? kFailure : kOk;
  });
}

}  // namespace

void addRemove(Command& program) {
  Command command = program.subcommand("remove", "Remove a stage's application from AWS");
  auto flags = std::make_shared<Flags>();
  addStackFlags(command, flags->stack);
  command.flag("--delete-data", flags->delete_data, "Delete the tables that would stay, too, with all their items");
  command.flag("--delete-archives", flags->delete_archives, "Delete the stack's archives with their events, unasked");
  command.examples(kExamples);
  command.runs([flags] { return removeStage(*flags); });
}

}  // namespace ddblog::cli
