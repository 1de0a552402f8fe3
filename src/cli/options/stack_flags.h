// The options that name a stage's stack in AWS, of every subcommand that works on it.
//
// Thread safety: none.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aws/client.h"
#include "base/ids.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/options/stage_choice.h"
#include "deploy/aws/composed_deployment.h"

namespace ddblog::cli {

struct StackFlags {
  std::string stage;
  StageChoice stage_choice;
  std::string template_file;  // empty: the one in this folder
  std::string stack_name;
  std::string region;
  std::string profile;
  std::string endpoint_url;  // of no option here; empty: as configured
  std::string bucket;
  std::string role_arn;
  std::string output = "text";
  bool yes = false;
};

// --stage, --template, --stack-name, --region, --profile, --output, --bucket, --role-arn, --yes: of the
// subcommands that change the stack. `flags` must outlive the CommandLine.
void addStackFlags(Command& command, StackFlags& flags);

// --template and --stack-name of the subcommands that only look at the stack, and offline at the cloud. The texts must
// outlive the CommandLine.
void addStackNameFlags(Command& command, std::string& template_file, std::string& stack_name);

// The stack of these commands: at the connection's stage.
StackFlags stackAt(const ConnectionFlags& connection, const std::string& template_file, const std::string& stack_name);

// The serverless-compose.yml that the command line names, or that is in this folder; std::nullopt: the application is
// no list of services.
std::optional<std::filesystem::path> composeFileOf(const StackFlags& flags);

// The stacks of its services, in the order of their deployment. Throws std::invalid_argument for names that
// CloudFormation would not take, or that two of them would have.
std::vector<deploy::ComposedStack> composedStacks(const std::filesystem::path& file, const StackFlags& flags,
                                                  const std::string& region);

// Before the command changes the stack: says, or asks with --yes, if a file has chosen the stage (stage_choice.h).
void confirmStage(const StackFlags& flags, const std::string& verb);

// The template of the command line, or the one in this folder. Throws std::invalid_argument if there is
// none, or if it is a list of services.
std::string templateOf(const StackFlags& flags);

// --stack-name; or else the name of the template's folder and the stage: "users-dev". Throws
// std::invalid_argument for a name that CloudFormation would not take.
std::string stackNameOf(const StackFlags& flags);

// Calls `use` with a connection to AWS. Translates errors to the library's (ddblog/errors.h); throws
// std::invalid_argument for the stage "local", which is never in AWS.
int withAws(const StackFlags& flags, const std::function<int(aws::Session&, Ids&)>& use);

}  // namespace ddblog::cli
