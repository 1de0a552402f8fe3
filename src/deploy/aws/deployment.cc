#include "deploy/aws/deployment.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include "base/digests.h"
#include "base/text.h"
#include "deploy/aws/artifact_bucket.h"
#include "deploy/aws/bus_owner.h"
#include "deploy/aws/nested_stacks.h"
#include "deploy/aws/preparation.h"
#include "deploy/aws/stack_resources.h"
#include "deploy/aws/table_names.h"
#include "deploy/aws/validation_failures.h"

namespace ddblog::deploy {
namespace {

// CloudFormation's limits: of a template in a request, and of one in a bucket.
constexpr std::size_t kTemplateBodyBytes = 51'200;
constexpr std::size_t kTemplateUrlBytes = 1'000'000;

class Deployment {
 public:
  Deployment(aws::Session& session, Ids& ids, const Packager& packager, const DeployOptions& options,
             UserDialog& dialog)
      : session_(session), packager_(packager), options_(options), dialog_(dialog), operations_(session, ids, dialog) {}

  DeployOutcome run() {
    try {
      return deployed();
    } catch (const Interrupted&) {
      discard();
      throw std::runtime_error("Interrupted: nothing was deployed.");
    } catch (...) {
      discard();
      throw;
    }
  }

 private:
  // Throws Interrupted if Ctrl-C is pressed before the changes begin.
  DeployOutcome deployed() {
    const auto stack = prepareStack(operations_, {options_.stack_name, options_.role_arn, options_.dry_run},
                                    [this](const std::string& question) { return agree(question); });
    package(stack);
    makeChangeSet(stack);
    awaitChangeSet(operations_.stacks(), change_set_, operations_.waiting());
    switch (change_set_.outcome) {
      case ChangeSet::Outcome::kFailed:
        fail();
      case ChangeSet::Outcome::kNoChanges:
        discard();
        dialog_.say("No changes: the stack " + options_.stack_name + " is up to date.");
        return DeployOutcome::kNoChanges;
      case ChangeSet::Outcome::kReady:
        break;
    }
    dialog_.showChanges(options_.stack_name, change_set_.changes);
    if (options_.dry_run) {
      discard();
      dialog_.say("A dry run: nothing was deployed.");
      return DeployOutcome::kDryRun;
    }
    if (!areDangersAccepted() || !agreeToAll()) {
      discard();
      dialog_.say("Nothing was deployed.");
      return DeployOutcome::kDeclined;
    }
    execute();
    return DeployOutcome::kDeployed;
  }

  void checkInterrupt() const {
    if (dialog_.isInterrupted()) throw Interrupted();
  }

  bool agree(const std::string& question) { return options_.yes || (dialog_.canAsk() && dialog_.confirm(question)); }

  void package(const std::optional<Stack>& stack) {
    const Account& account = operations_.account();
    bucket_.emplace(session_, account, options_.bucket);
    package_ = packed({.template_file = options_.template_file,
                       .stage = options_.stage,
                       .stack_name = options_.stack_name,
                       .region = account.region,
                       .account = account.id,
                       .partition = account.partition,
                       .bucket = bucket_->name(),
                       .parameters = options_.parameters,
                       .stack_parameters = stack ? stack->parameters : std::map<std::string, std::string>(),
                       .is_interrupted = [this] { return dialog_.isInterrupted(); },
                       .url = [this](const std::string& key) { return bucket_->url(key); }});
    checkInterrupt();
    for (const std::string& note : package_.notes) dialog_.say(note);
    if (package_.is_service) return;
    for (const auto& [name, value] : options_.parameters) {
      if (std::ranges::find(package_.parameters, name) == package_.parameters.end()) {
        throw std::invalid_argument("the template has no parameter " + name + " (--parameter)");
      }
    }
  }

  ApplicationPackage packed(const PackageRequest& request) const {
    try {
      return packager_(request);
    } catch (const std::exception&) {
      if (dialog_.isInterrupted()) throw Interrupted();
      throw;
    }
  }

  std::vector<ChangeSetParameter> parametersFor(const std::optional<Stack>& stack) const {
    std::vector<ChangeSetParameter> parameters;
    for (const std::string& name : package_.parameters) {
      const auto given = options_.parameters.find(name);
      if (given != options_.parameters.end()) {
        parameters.push_back({name, given->second});
      } else if (name == kStageParameter) {
        parameters.push_back({name, options_.stage});
      } else if (stack && stack->parameters.contains(name)) {
        parameters.push_back({name, std::nullopt});
      } else if (const auto set = package_.defaults.find(name); set != package_.defaults.end()) {
        parameters.push_back({name, set->second});
      }  // else the template's default
    }
    return parameters;
  }

  void makeChangeSet(const std::optional<Stack>& stack) {
    const auto say = [this](const std::string& line) { dialog_.say(line); };
    for (const Artifact& artifact : package_.artifacts) {
      checkInterrupt();
      bucket_->upload(artifact, say);
    }
    checkInterrupt();
    ChangeSetRequest request;
    request.stack = stack ? stack->id : options_.stack_name;
    request.is_update = stack.has_value();
    request.token = operations_.newToken();
    request.name = "dynamodb-log-" + request.token;
    request.template_body = json::serialize(package_.template_body);
    if (request.template_body.size() > kTemplateBodyBytes) {
      request.template_url = uploadTemplate(request.template_body);
      request.template_body.clear();
    }
    request.parameters = parametersFor(stack);
    request.capabilities = {package_.needs_named_iam ? "CAPABILITY_NAMED_IAM" : "CAPABILITY_IAM"};
    if (package_.is_sam) request.capabilities.emplace_back("CAPABILITY_AUTO_EXPAND");
    request.tags = options_.tags;
    request.role_arn = options_.role_arn;
    is_update_ = request.is_update;
    rolls_back_ = options_.rollback && !(stack && isLeftAsItFailed(stack->status));
    change_set_ = createChangeSet(operations_.stacks(), request);
  }

  std::string uploadTemplate(const std::string& text) {
    if (text.size() > kTemplateUrlBytes) {
      throw std::runtime_error("The template has " + std::to_string(text.size()) +
                               " bytes; CloudFormation takes 1,000,000 at most.");
    }
    const std::string key = options_.stack_name + "/" + sha256Hex(text) + ".template";
    bucket_->upload({key, "the template", [&text] { return text; }}, [this](const auto& line) { dialog_.say(line); });
    return bucket_->url(key);
  }

  // Leaves nothing behind of a change set that is not executed. What it cannot remove, it says: the outcome stays the
  // same.
  void discard() {
    if (change_set_.id.empty()) return;
    try {
      deleteChangeSet(operations_.stacks(), change_set_, session_);
      if (!is_update_) discardStack();
    } catch (const std::exception& error) {
      dialog_.say("The change set " + change_set_.id + " stays in AWS: " + error.what());
    }
    change_set_ = {};
  }

  // A stack that was made for the change set goes, too; but not if somebody else deploys it by now.
  void discardStack() {
    const auto stack = findStack(operations_.stacks(), change_set_.stack_id);
    if (!stack || stack->status != "REVIEW_IN_PROGRESS") return;
    if (hasOtherChangeSets(operations_.stacks(), change_set_)) return;
    operations_.stacks().call("DeleteStack",
                              {{"StackName", change_set_.stack_id}, {"ClientRequestToken", operations_.newToken()}});
  }

  [[noreturn]] void fail() {
    for (const std::string& line : validationFailures(operations_.stacks(), change_set_.id)) dialog_.say(line);
    throw std::runtime_error("CloudFormation rejects the template, and nothing was deployed: " + change_set_.reason);
  }

  bool agreeToAll() {
    if (options_.yes) return true;
    if (!dialog_.canAsk()) throw std::invalid_argument("there is no terminal to ask on: use --yes");
    return dialog_.confirm((is_update_ ? "Change" : "Make") + (" the stack " + options_.stack_name) + " in " +
                           operations_.account().region + "?");
  }

  // Asked for even with --yes: the items are gone for good.
  bool areDangersAccepted() {
    for (const Change& change : change_set_.changes) {
      if (options_.replaceable.contains(change.logical_id)) continue;
      const std::string danger = dangerIn(change);
      if (danger.empty()) continue;
      if (!dialog_.canAsk()) {
        throw std::invalid_argument("the deployment " + danger + ": if that is meant, use --allow-replacement " +
                                    change.logical_id);
      }
      if (!dialog_.confirm("The deployment " + danger + ". Is that meant?")) return false;
    }
    return true;
  }

  // Empty: nothing can get lost.
  std::string dangerIn(const Change& change) const {
    if (endangersItems(change)) return dangerOf(change);
    if (!isNestedStack(change.type) || change.physical_id.empty()) return {};
    const std::vector<std::string> holders = holdersIn(operations_.stacks(), change.physical_id);
    if (holders.empty()) return {};
    return (change.action == "Remove" ? "removes" : "may change") + (" the nested stack " + change.logical_id) +
           " with " + joined(holders) + ", and AWS does not show what becomes of what is in there";
  }

  void execute() {
    const std::string token = operations_.newToken();
    StackEvents events(operations_.stacks(), change_set_.stack_id, token);
    if (options_.rollback && !rolls_back_) {
      dialog_.say(
          "The last deployment was left as it failed: CloudFormation goes on from there, and does not roll back.");
    }
    checkInterrupt();
    begin(token);
    const StackOutcome outcome = operations_.watch(events, "The deployment");
    const std::string& status = outcome.stack.status;
    if (status != "CREATE_COMPLETE" && status != "UPDATE_COMPLETE" && status != "IMPORT_COMPLETE") {
      std::string advice;
      if (const auto& cause = outcome.root_cause) {
        advice = adviceOnBus(operations_.stacks(), outcome.stack.id, cause->type, cause->properties);
      }
      throw std::runtime_error("The deployment of " + options_.stack_name + " failed (" + status +
                               "): " + causeOf(outcome, operations_.account().region) + advice);
    }
    dialog_.showResult(resultOf(outcome.stack));
  }

  // A change set that AWS refuses to execute stays to be discarded.
  void begin(const std::string& token) {
    try {
      executeChangeSet(operations_.stacks(), change_set_, token, rolls_back_);
    } catch (const std::exception&) {
      if (!canStillBeExecuted(operations_.stacks(), change_set_)) {
        dialog_.say("AWS may execute the change set " + change_set_.id + ": see what becomes of the stack " +
                    options_.stack_name + " before you deploy again.");
        change_set_ = {};
      }
      throw;
    }
    change_set_ = {};
  }

  DeployedStack resultOf(const Stack& stack) const {
    DeployedStack result{stack.name, stack.id, operations_.account().region, stack.outputs, {}};
    for (const StackResource& resource : stackResources(operations_.stacks(), stack.id)) {
      if (resource.type == "AWS::Lambda::Function") {
        result.functions.emplace_back(resource.logical_id, resource.physical_id);
      }
    }
    return result;
  }

  aws::Session& session_;
  const Packager& packager_;
  const DeployOptions& options_;
  UserDialog& dialog_;
  StackOperations operations_;
  std::optional<ArtifactBucket> bucket_;
  ApplicationPackage package_;
  ChangeSet change_set_;  // empty: there is none, or it is being executed
  bool is_update_ = false;
  bool rolls_back_ = true;
};

}  // namespace

DeployOutcome deploy(aws::Session& session, Ids& ids, const Packager& package, const DeployOptions& options,
                     UserDialog& dialog) {
  if (!options.yes && !options.dry_run && !dialog.canAsk()) {
    throw std::invalid_argument("deploy asks before it changes anything. There is no terminal to ask on: use --yes");
  }
  return Deployment(session, ids, package, options, dialog).run();
}

}  // namespace ddblog::deploy
