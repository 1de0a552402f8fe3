#include "cli/options/stack_flags.h"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

#include "base/clock.h"
#include "clients/cpp/src/library_errors.h"
#include "deploy/aws/deployed_template.h"
#include "offline/template_check.h"

namespace ddblog::cli {
namespace {

constexpr std::size_t kLongestStackName = 128;  // CloudFormation's limit

bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool isNameCharacter(char c) { return isLetter(c) || (c >= '0' && c <= '9') || c == '-'; }

// CloudFormation's stack names: letters, digits and hyphens, a letter first.
bool isStackName(const std::string& name) {
  return !name.empty() && name.size() <= kLongestStackName && isLetter(name.front()) &&
         std::ranges::all_of(name, isNameCharacter);
}

}  // namespace

void addStackFlags(Command& command, StackFlags& flags) {
  const Need need = command.preset("stage", flags.stage) ? Need::kOptional : Need::kRequired;
  flags.stage_choice = configuredStage(command);
  command.preset("template", flags.template_file);
  command.preset("region", flags.region);
  command.preset("profile", flags.profile);
  command.option("--stage,-s NAME", flags.stage, "The stage, and the template parameter Stage", need);
  noteTypedStage(command, flags.stage_choice);
  command.option("--template,-t FILE", flags.template_file,
                 "The template, serverless.yml, or cdk.out (default: ./template.yaml, ./serverless.yml or ./cdk.out)");
  command.option("--stack-name NAME", flags.stack_name,
                 "The stack's name (default: the template's folder and the stage, users-dev)");
  command.option("--region,-r REGION", flags.region, "The AWS region (default: as the AWS CLI finds it)");
  command.option("--profile NAME", flags.profile, "A profile in the AWS CLI's configuration files");
  command.choice("--output,-o text|json", flags.output, {"text", "json"}, "The format: json prints one object a line");
  command.option("--bucket NAME", flags.bucket,
                 "The bucket for uploads (default: dynamodb-log-ACCOUNT-REGION-an, created when it is needed)");
  command.option("--role-arn ARN", flags.role_arn,
                 "The role that CloudFormation acts as (default: the caller's rights)");
  command.flag("--yes,-y", flags.yes, "Do not ask for confirmation");
}

void addStackNameFlags(Command& command, std::string& template_file, std::string& stack_name) {
  command.preset("template", template_file);
  command.option(
      "--template,-t FILE", template_file,
      "In AWS: the template whose folder names the stack (default: ./template.yaml, ./serverless.yml or ./cdk.out)");
  command.option("--stack-name NAME", stack_name,
                 "In AWS: the stack's name, if it is not that of the folder and the stage");
}

StackFlags stackAt(const ConnectionFlags& connection, const std::string& template_file, const std::string& stack_name) {
  StackFlags stack;
  stack.stage = connection.stage;
  stack.template_file = template_file;
  stack.stack_name = stack_name;
  stack.region = connection.region;
  stack.profile = profileOf(connection);
  stack.endpoint_url = connection.endpoint_url;
  return stack;
}

std::optional<std::filesystem::path> composeFileOf(const StackFlags& flags) {
  if (!flags.template_file.empty()) return deploy::composeFile(flags.template_file);
  const auto found = offline::defaultTemplate();
  return found ? deploy::composeFile(*found) : std::nullopt;
}

// Most commands are about one stack.
namespace {

void refuseCompose(const StackFlags& flags) {
  const auto compose = composeFileOf(flags);
  if (!compose) return;
  throw std::invalid_argument(compose->string() +
                              " lists services: name the serverless.yml of one of them with --template");
}

}  // namespace

std::vector<deploy::ComposedStack> composedStacks(const std::filesystem::path& file, const StackFlags& flags,
                                                  const std::string& region) {
  if (!flags.stack_name.empty()) {
    throw std::invalid_argument("--stack-name names one stack, and " + file.string() +
                                " has one for each service: name a service's file with --template");
  }
  std::vector<deploy::ComposedStack> stacks;
  std::map<std::string, std::string> services;  // by the stacks' names
  for (auto& service : deploy::composedServices(file, flags.stage, region)) {
    StackFlags of_service = flags;
    of_service.template_file = service.file.string();
    const std::string stack = stackNameOf(of_service);
    const auto [taken, is_new] = services.emplace(stack, service.name);
    if (!is_new) {
      throw std::invalid_argument("the services " + taken->second + " and " + service.name +
                                  " would both be the stack " + stack +
                                  ", which is named after the folder: rename one of the folders");
    }
    stacks.push_back({std::move(service), stack});
  }
  return stacks;
}

void confirmStage(const StackFlags& flags, const std::string& verb) {
  if (!flags.yes) return sayStage(flags.stage_choice, flags.stage);  // the command asks
  confirmStage(flags.stage_choice, flags.stage, {flags.endpoint_url, flags.region, flags.profile}, verb);
}

std::string templateOf(const StackFlags& flags) {
  refuseCompose(flags);
  if (!flags.template_file.empty()) return deploy::deployedTemplate(flags.template_file).string();
  const auto found = offline::defaultTemplate();
  if (!found)
    throw std::invalid_argument("there is no template.yaml, serverless.yml or cdk.out here: name one with --template");
  return deploy::deployedTemplate(*found).string();
}

std::string stackNameOf(const StackFlags& flags) {
  std::string name = flags.stack_name;
  if (name.empty()) {
    refuseCompose(flags);
    const std::string& given = flags.template_file;
    name = deploy::applicationName(given.empty() ? templateOf(flags) : given) + "-" + flags.stage;
    std::ranges::replace_if(
        name, [](char c) { return !isNameCharacter(c); }, '-');
    if (!isLetter(name.front())) name.insert(0, "app");
  }
  if (!isStackName(name)) {
    throw std::invalid_argument("'" + name +
                                "' cannot be a stack's name: letters, digits and hyphens, a letter first, 128 at most "
                                "(--stack-name)");
  }
  return name;
}

int withAws(const StackFlags& flags, const std::function<int(aws::Session&, Ids&)>& use) {
  if (flags.stage == "local") {
    throw std::invalid_argument("the stage local is the offline cloud's (dynamodb-log offline): name another stage");
  }
  AdjustableClock clock;
  Ids ids;
  std::unique_ptr<aws::Session> session;
  try {
    session = std::make_unique<aws::Session>(
        aws::ClientOptions{.endpoint_url = flags.endpoint_url, .region = flags.region, .profile = flags.profile}, clock,
        ids);
    session->endpoint(aws::kCloudFormation);
  } catch (const std::exception& e) {
    throw ConfigurationError(e.what());
  }
  try {
    return withLibraryErrors([&] { return use(*session, ids); });
  } catch (const ServiceError& error) {
    const bool is_offline_cloud =
        error.type() == "NotImplemented" && error.message().starts_with("dynamodb-log does not serve");
    if (!is_offline_cloud && error.type() != "InvalidAction") throw;
    throw ConfigurationError("The endpoint " + session->endpoint(aws::kCloudFormation).url() +
                             " has no CloudFormation: is it an offline cloud? To work with AWS, unset "
                             "AWS_ENDPOINT_URL, or take the endpoint out of the profile.");
  }
}

}  // namespace ddblog::cli
