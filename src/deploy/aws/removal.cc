#include "deploy/aws/removal.h"

#include <optional>
#include <set>
#include <stdexcept>

#include "deploy/aws/artifact_bucket.h"
#include "deploy/aws/kept_tables.h"
#include "deploy/aws/stack_operations.h"
#include "deploy/aws/stack_resources.h"
#include "deploy/replays/replay_route.h"

namespace ddblog::deploy {
namespace {

constexpr std::string_view kReview = "REVIEW_IN_PROGRESS";  // a change set was never executed

class Removal {
 public:
  Removal(aws::Session& session, Ids& ids, const FindTables& find_tables, const RemoveOptions& options,
          UserDialog& dialog)
      : session_(session),
        find_tables_(find_tables),
        options_(options),
        dialog_(dialog),
        operations_(session, ids, dialog),
        dynamodb_(session, aws::kDynamoDb),
        routes_(session),
        bucket_(session, operations_.account(), options.bucket) {}

  RemoveOutcome run() {
    try {
      plan();
      if (!stack_)
        dialog_.say("There is no stack " + options_.stack_name + " in " + operations_.account().region + ".");
      if (!stack_ && plan_.tables.empty() && uploads_.empty() && replays_.empty()) return RemoveOutcome::kNothing;
      dialog_.showPlan(plan_);
      if (!agree()) {
        dialog_.say("Nothing was removed.");
        return RemoveOutcome::kDeclined;
      }
      removeAll();
    } catch (const Interrupted&) {
      throw std::runtime_error(has_begun_
                                   ? "Interrupted: AWS finishes what it has begun to delete, and the rest is still "
                                     "there. Run the same command again to remove it."
                                   : "Interrupted: nothing was removed.");
    }
    dialog_.say("The application of the stage " + options_.stage + " was removed.");
    return RemoveOutcome::kRemoved;
  }

 private:
  void plan() {
    plan_.stack = options_.stack_name;
    plan_.deletes_tables = options_.delete_data;
    stack_ = findStack(operations_.stacks(), options_.stack_name);
    if (stack_) {
      checkStack();
      if (stack_->status != kReview) planResources();
    } else if (options_.delete_data) {
      planKeptTables();
    }
    planReplays();
    planUploads();
  }

  void checkStack() const {
    if (stack_->is_protected) {
      throw std::runtime_error("The stack " + stack_->name +
                               " has termination protection: take it off first (aws cloudformation "
                               "update-termination-protection --no-enable-termination-protection --stack-name " +
                               stack_->name + ").");
    }
    if (situationOf(stack_->status) == Situation::kInProgress) {
      throw std::runtime_error("Somebody deploys or removes " + stack_->name + " just now (" + stack_->status +
                               "). Remove it when that has ended.");
    }
  }

  void planResources() {
    const std::set<std::string> kept = keptResources(operations_.stacks(), stack_->id);
    const std::vector<StackResource> resources = stackResources(operations_.stacks(), stack_->id);
    std::set<std::string> groups;  // of the stack itself
    for (const StackResource& resource : resources) {
      if (resource.type == "AWS::Logs::LogGroup") groups.insert(resource.physical_id);
      if (resource.type == "AWS::Events::EventBus") buses_.insert(resource.physical_id);
      planResource(resource, kept.contains(resource.logical_id));
    }
    for (const StackResource& resource : resources) {
      const std::string group = "/aws/lambda/" + resource.physical_id;
      if (resource.type == "AWS::Lambda::Function" && !groups.contains(group)) plan_.log_groups.push_back(group);
    }
  }

  void planResource(const StackResource& resource, bool is_kept) {
    if (isTable(resource.type) && planTable(resource.physical_id, is_kept ? plan_.tables : plan_.lost_tables)) return;
    if (is_kept) return;
    if (isArchive(resource.type)) {
      plan_.lost_archives.push_back(resource.logical_id + " (" + resource.physical_id + ")");
    } else {
      plan_.removed.push_back(resource.logical_id + " (" + resource.type + ", " + resource.physical_id + ")");
    }
  }

  // False: there is no such table.
  bool planTable(const std::string& name, std::vector<KeptTable>& tables) {
    auto table = describeTable(dynamodb_, name);
    if (!table) return false;
    const bool goes = options_.delete_data || &tables == &plan_.lost_tables;
    if (goes && table->is_protected) {
      throw std::runtime_error("The table " + name +
                               " has deletion protection: take it off first (aws dynamodb update-table "
                               "--no-deletion-protection-enabled --table-name " +
                               name + ").");
    }
    tables.push_back(*std::move(table));
    return true;
  }

  // What an earlier removal kept: the tables of the template that this stack made.
  void planKeptTables() {
    const Account& account = operations_.account();
    const DeclaredTables tables = find_tables_({.template_file = options_.template_file(),
                                                .stage = options_.stage,
                                                .stack_name = options_.stack_name,
                                                .region = account.region,
                                                .account = account.id,
                                                .partition = account.partition,
                                                .bucket = bucket_.name()});
    for (const std::string& note : tables.notes) dialog_.say(note);
    for (const std::string& name : tables.names) planKeptTable(name);
  }

  void planKeptTable(const std::string& name) {
    const auto table = describeTable(dynamodb_, name);
    if (!table) return;
    if (isLeftBy(dynamodb_, operations_.stacks(), *table, options_.stack_name)) {
      planTable(name, plan_.tables);
    } else {
      dialog_.say("The table " + name + " stays: its tags do not say that the stack " + options_.stack_name +
                  " made it.");
    }
  }

  // What replays from the stage have left, or use just now: a bus that has rules cannot be deleted.
  void planReplays() {
    try {
      for (replays::Route& route : routes_.all()) {
        const bool is_left = route.stage == options_.stage && route.isAbandoned(session_.clock().now());
        if (!is_left && !buses_.contains(route.bus)) continue;
        plan_.replays.push_back(route.name);
        replays_.push_back(std::move(route));
      }
    } catch (const aws::ServiceError& error) {
      dialog_.say(std::string("Rules and queues of replays are not looked for: ") + error.what());
    }
  }

  void planUploads() {
    plan_.bucket = bucket_.name();
    try {
      uploads_ = bucket_.uploadsOf(options_.stack_name);
    } catch (const aws::ServiceError& error) {
      dialog_.say("The uploaded files in the bucket " + bucket_.name() + " stay: " + error.what());
    }
    plan_.uploads = uploads_.size();
  }

  // What goes for good with the stack is asked for even with --yes.
  bool agree() {
    const std::string lost = options_.delete_data ? "" : lostWithStack();
    if (!lost.empty()) {
      const std::string option = plan_.lost_tables.empty() ? "--delete-archives" : "--delete-data";
      if (!dialog_.canAsk()) {
        throw std::invalid_argument("the removal deletes " + lost + ": if that is meant, use " + option);
      }
      return dialog_.confirmByTyping(options_.stage, "Gone for good: " + lost + ".");
    }
    if (options_.yes) return true;
    if (!options_.delete_data || (plan_.tables.empty() && plan_.lost_tables.empty())) {
      return dialog_.confirm("Remove all of this?");
    }
    return dialog_.confirmByTyping(options_.stage, "The tables' items are gone for good.");
  }

  // "the table dev-orders with its items, the archive Old (old) with its events"
  std::string lostWithStack() const {
    std::string lost;
    const auto add = [&lost](const std::string& what) { lost += (lost.empty() ? "" : ", ") + what; };
    for (const KeptTable& table : plan_.lost_tables) add("the table " + table.name + " with its items");
    if (options_.delete_archives) return lost;
    for (const std::string& archive : plan_.lost_archives) add("the archive " + archive + " with its events");
    return lost;
  }

  void removeAll() {
    removeReplays();
    if (stack_) {
      removeStack();
      removeLogGroups();
    }
    if (options_.delete_data) {
      for (const KeptTable& table : plan_.tables) removeTable(table);
    }
    removeUploads();
  }

  // Before each step that removes something.
  void begin() {
    if (dialog_.isInterrupted()) throw Interrupted();
    has_begun_ = true;
  }

  void removeReplays() {
    for (const replays::Route& route : replays_) {
      begin();
      routes_.remove(route);
      dialog_.say("The rule and the queue of the replay " + route.name + " were removed.");
    }
  }

  StackOutcome deleteStack(const Stack& stack, const std::vector<std::string>& kept = {}) {
    try {
      return operations_.deleteStack(stack, options_.role_arn, kept);
    } catch (const std::exception&) {  // AWS may be deleting it
      for (const std::string& group : plan_.log_groups) {
        dialog_.say("The log group " + group + " may stay: once the stack is gone, no removal finds it.");
      }
      throw;
    }
  }

  void removeStack() {
    StackOutcome outcome = deleteStack(*stack_);
    has_begun_ = true;
    if (situationOf(outcome.stack.status) == Situation::kAbsent) return;
    for (const StackEvent& event : outcome.failures) {
      dialog_.say(event.logical_id + " (" + event.type + ") cannot be removed: " + event.reason);
    }
    std::vector<std::string> failed;
    if (outcome.stack.status == "DELETE_FAILED") failed = resourcesThatStay(outcome.stack);
    const bool leaves_them =
        !failed.empty() && dialog_.canAsk() && dialog_.confirm("Remove the stack, and leave these in AWS?");
    if (leaves_them) outcome = deleteStack(outcome.stack, failed);
    if (situationOf(outcome.stack.status) == Situation::kAbsent) return;
    throw std::runtime_error("The removal of " + stack_->name + " failed (" + outcome.stack.status +
                             "): " + causeOf(outcome, operations_.account().region));
  }

  void removeTable(const KeptTable& table) {
    begin();
    dialog_.say("Deleting the table " + table.name);
    deleteTable(dynamodb_, table.name, operations_.waiting());
  }

  // Only those that CloudFormation could not delete can be left to themselves.
  std::vector<std::string> resourcesThatStay(const Stack& stack) const {
    std::vector<std::string> ids;
    for (const StackResource& resource : stackResources(operations_.stacks(), stack.id)) {
      if (resource.status == "DELETE_FAILED") ids.push_back(resource.logical_id);
    }
    return ids;
  }

  // Lambda makes a group at a function's first line, which the stack does not own. Only the stack says which functions
  // there were, so Ctrl-C does not end this: the next removal would not find the groups.
  void removeLogGroups() {
    const aws::Client logs(session_, aws::kLogs);
    for (const std::string& group : plan_.log_groups) {
      try {
        logs.call("DeleteLogGroup", json::serialize(json::object{{"logGroupName", group}}));
        dialog_.say("The log group " + group + " was removed.");
      } catch (const aws::ServiceError& error) {
        if (error.type() != "ResourceNotFoundException")
          dialog_.say("The log group " + group + " stays: " + error.what());
      }
    }
  }

  void removeUploads() {
    if (uploads_.empty()) return;
    begin();
    bucket_.remove(uploads_);
    dialog_.say(std::to_string(uploads_.size()) + " uploaded files were removed from the bucket " + bucket_.name() +
                ".");
  }

  aws::Session& session_;
  const FindTables& find_tables_;
  const RemoveOptions& options_;
  UserDialog& dialog_;
  StackOperations operations_;
  const aws::Client dynamodb_;
  const replays::Routes routes_;
  ArtifactBucket bucket_;
  std::optional<Stack> stack_;
  RemovalPlan plan_;
  std::set<std::string> buses_;          // of the stack
  std::vector<replays::Route> replays_;  // that go
  std::vector<std::string> uploads_;     // keys
  bool has_begun_ = false;               // something may be removed already
};

}  // namespace

RemoveOutcome remove(aws::Session& session, Ids& ids, const FindTables& find_tables, const RemoveOptions& options,
                     UserDialog& dialog) {
  if (!options.yes && !dialog.canAsk()) {
    throw std::invalid_argument("remove asks before it removes anything. There is no terminal to ask on: use --yes");
  }
  return Removal(session, ids, find_tables, options, dialog).run();
}

}  // namespace ddblog::deploy
