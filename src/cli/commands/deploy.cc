// dynamodb-log deploy: the application of a template becomes a stack in AWS, or changes the one that it is.
#include "deploy/aws/deployment.h"

#include <iostream>

#include "aws/partition.h"
#include "cli/command_line.h"
#include "cli/options/pairs.h"
#include "cli/options/stack_flags.h"
#include "cli/output/deployment_dialog.h"
#include "cli/terminal/exit_status.h"
#include "deploy/aws/artifact_bucket.h"
#include "deploy/aws/print_template.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log deploy --stage dev
  dynamodb-log deploy --stage dev --dry-run                  what it would change
  dynamodb-log deploy --stage dev --print-template           what it would upload
  dynamodb-log deploy --stage prod --template shop/template.yaml --parameter Alarm=ops@example.com --yes
  dynamodb-log deploy --stage dev --yes --allow-replacement CoreTable

It shows the changes and asks before it makes them. Ctrl-C stops watching; the deployment continues.
Exit status: 0 also if there is nothing to change.)";

constexpr const char* kNoAccount = "111122223333";

struct Flags {
  StackFlags stack;
  std::vector<std::string> parameters;
  std::vector<std::string> tags;
  std::vector<std::string> replaceable;
  bool dry_run = false;
  bool no_rollback = false;
  bool print_template = false;
};

// Without a call to AWS: the account in it is made up.
int printTemplate(const Flags& flags) {
  return withAws(flags.stack, [&](aws::Session& session, Ids&) {
    const std::string region = session.endpoint(aws::kCloudFormation).region;
    const deploy::Account account{kNoAccount, "", region, std::string(aws::partitionOf(region).name)};
    std::cout << deploy::printTemplate({.template_file = templateOf(flags.stack),
                                        .stage = flags.stack.stage,
                                        .stack_name = stackNameOf(flags.stack),
                                        .region = region,
                                        .account = account.id,
                                        .partition = account.partition,
                                        .bucket = deploy::artifactBucketName(flags.stack.bucket, account),
                                        .parameters = pairsOf(flags.parameters, "--parameter")});
    std::cout.flush();
    return kOk;
  });
}

int deployStage(const Flags& flags) {
  if (flags.print_template) return printTemplate(flags);
  deploy::DeployOptions options;
  options.stage = flags.stack.stage;
  const auto compose = composeFileOf(flags.stack);
  if (!compose) options.template_file = templateOf(flags.stack);
  if (!compose) options.stack_name = stackNameOf(flags.stack);
  options.parameters = pairsOf(flags.parameters, "--parameter");
  for (const auto& tag : pairsOf(flags.tags, "--tag")) options.tags.push_back(tag);
  options.replaceable.insert(flags.replaceable.begin(), flags.replaceable.end());
  options.bucket = flags.stack.bucket;
  options.role_arn = flags.stack.role_arn;
  options.dry_run = flags.dry_run;
  options.yes = flags.stack.yes;
  options.rollback = !flags.no_rollback;
  if (!flags.dry_run) confirmStage(flags.stack, "deploy");
  return withAws(flags.stack, [&](aws::Session& session, Ids& ids) {
    const auto dialog = deploymentDialog(dialogSettings(flags.stack.output == "json"), std::cout, std::cerr);
    const auto deployOne = [&] { return deploy::deploy(session, ids, deploy::packageApplication, options, *dialog); };
    const auto deployAll = [&] {
      const auto stacks = composedStacks(*compose, flags.stack, session.endpoint(aws::kCloudFormation).region);
      return deploy::deployAll(session, ids, deploy::packageApplication, stacks, options, *dialog);
    };
    const auto outcome = compose ? deployAll() : deployOne();
    return outcome == deploy::DeployOutcome::kDeclined ? kFailure : kOk;
  });
}

}  // namespace

void addDeploy(Command& program) {
  Command command = program.subcommand("deploy", "Deploy an application to AWS, or change the one that is there");
  auto flags = std::make_shared<Flags>();
  addStackFlags(command, flags->stack);
  command.list("--parameter,--param NAME=VALUE", flags->parameters, "A template parameter; repeatable");
  command.list("--tag NAME=VALUE", flags->tags, "A tag of the stack and its resources; repeatable");
  command.list(
      "--allow-replacement NAME", flags->replaceable,
      "Allow this table, archive or nested stack to be replaced or removed, with the loss of its data; repeatable");
  command.flag("--dry-run", flags->dry_run, "Show the changes, and make none");
  command.flag("--print-template", flags->print_template,
               "Print the template that would be uploaded, and do nothing else; its account is 111122223333");
  command.flag("--no-rollback", flags->no_rollback, "Do not roll back a failed deployment");
  command.examples(kExamples);
  command.runs([flags] { return deployStage(*flags); });
}

}  // namespace ddblog::cli
