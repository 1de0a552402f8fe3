#include "deploy/aws/composed_deployment.h"

#include <algorithm>
#include <stdexcept>

#include "aws/query_client.h"
#include "deploy/aws/stack.h"
#include "deploy/package/package_error.h"
#include "template/template_error.h"

namespace ddblog::deploy {
namespace {

void announce(UserDialog& dialog, const ComposedStack& stack) {
  dialog.say("The service " + stack.service.name + " (" + stack.service.file.string() + "):");
}

// The values of outputs of the stacks that are deployed already.
class Outputs {
 public:
  Outputs(aws::Session& session, const std::vector<ComposedStack>& stacks)
      : api_(session, aws::kCloudFormation), stacks_(stacks) {}

  std::string valueOf(const std::string& service, const std::string& output) const {
    const auto& name = std::ranges::find(stacks_, service, [](const ComposedStack& one) -> const std::string& {
                         return one.service.name;
                       })->stack_name;
    const std::optional<Stack> stack = findStack(api_, name);
    if (!stack) {
      throw std::runtime_error("The stack " + name + " is not deployed, so its output " + output +
                               " has no value yet.");
    }
    const auto found = stack->outputs.find(output);
    if (found == stack->outputs.end()) throw std::runtime_error("The stack " + name + " has no output " + output + ".");
    return found->second;
  }

 private:
  const aws::QueryClient api_;
  const std::vector<ComposedStack>& stacks_;
};

}  // namespace

std::optional<std::filesystem::path> composeFile(const std::filesystem::path& file) {
  return templates::serverless::isComposeFile(file) ? std::optional(file) : std::nullopt;
}

std::vector<templates::serverless::ComposedService> composedServices(const std::filesystem::path& file,
                                                                     const std::string& stage,
                                                                     const std::string& region) {
  try {
    return templates::serverless::readComposedServices(file, stage, region, true);
  } catch (const templates::TemplateError& e) {
    throw PackageError(e.what());
  }
}

DeployOutcome deployAll(aws::Session& session, Ids& ids, const Packager& package,
                        const std::vector<ComposedStack>& stacks, const DeployOptions& options, UserDialog& dialog) {
  const Outputs outputs(session, stacks);
  DeployOutcome whole = options.dry_run ? DeployOutcome::kDryRun : DeployOutcome::kNoChanges;
  for (const ComposedStack& stack : stacks) {
    announce(dialog, stack);
    DeployOptions of_stack = options;
    of_stack.template_file = stack.service.file.string();
    of_stack.stack_name = stack.stack_name;
    for (const auto& [name, text] : stack.service.parameters) {
      if (of_stack.parameters.contains(name)) continue;  // the command line says it
      of_stack.parameters[name] = templates::serverless::withOutputs(
          text,
          [&](const std::string& service, const std::string& output) { return outputs.valueOf(service, output); });
    }
    const DeployOutcome outcome = deploy(session, ids, package, of_stack, dialog);
    if (outcome == DeployOutcome::kDeclined) return outcome;
    if (outcome == DeployOutcome::kDeployed) whole = outcome;
  }
  return whole;
}

RemoveOutcome removeAll(aws::Session& session, Ids& ids, const FindTables& find_tables,
                        const std::vector<ComposedStack>& stacks, const RemoveOptions& options, UserDialog& dialog) {
  RemoveOutcome whole = RemoveOutcome::kNothing;
  for (auto next = stacks.rbegin(); next != stacks.rend(); ++next) {
    const ComposedStack& stack = *next;
    announce(dialog, stack);
    RemoveOptions of_stack = options;
    of_stack.stack_name = stack.stack_name;
    of_stack.template_file = [&stack] { return stack.service.file.string(); };
    const RemoveOutcome outcome = remove(session, ids, find_tables, of_stack, dialog);
    if (outcome == RemoveOutcome::kDeclined) return outcome;
    if (outcome == RemoveOutcome::kRemoved) whole = outcome;
  }
  return whole;
}

}  // namespace ddblog::deploy
