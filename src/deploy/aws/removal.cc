#include "deploy/aws/removal.h"

#include <optional>
#include <set>
#include <stdexcept>

#include "base/json.h"
#include "deploy/aws/artifact_bucket.h"
#include "deploy/aws/kept_tables.h"
#include "deploy/aws/operation.h"
#include "deploy/aws/stack_resources.h"

namespace ddblog::deploy {
namespace {

class Removal {
 public:
  Removal(aws::Session& session, Ids& ids, const RemoveOptions& options, View& view)
      : session_(session),
        options_(options),
        view_(view),
        operation_(session, ids, view),
        dynamodb_(session, aws::kDynamoDb) {}

  RemoveOutcome run() {
    plan();
    if (!stack_ && plan_.tables.empty()) {
      view_.say("There is no stack " + options_.stack_name + " in " + operation_.account().region + ".");
      removeArtifacts();
      return RemoveOutcome::kNothing;
    }
    view_.showPlan(plan_);
    if (!agree()) {
      view_.say("Nothing was removed.");
      return RemoveOutcome::kDeclined;
    }
    if (stack_) removeStack();
    if (options_.delete_data) {
      for (const KeptTable& table : plan_.tables) removeTable(table);
    }
    removeLogGroups();
    removeArtifacts();
    view_.say("The application of the stage " + options_.stage + " was removed.");
    return RemoveOutcome::kRemoved;
  }

 private:
  void plan() {
    plan_.stack = options_.stack_name;
    plan_.deletes_tables = options_.delete_data;
    stack_ = findStack(operation_.stacks(), options_.stack_name);
    if (!stack_) {
      if (options_.delete_data) planTablesOfStage();
      return;
    }
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
    const std::set<std::string> kept = keptResources(operation_.stacks(), stack_->id);
    for (const StackResource& resource : stackResources(operation_.stacks(), stack_->id)) {
      if (resource.type == "AWS::Lambda::Function") functions_.push_back(resource.physical_id);
      const bool is_kept_table = kept.contains(resource.logical_id) && resource.type == "AWS::DynamoDB::Table";
      if (!is_kept_table || !planTable(resource.physical_id)) {
        plan_.removed.push_back(resource.logical_id + " (" + resource.type + ", " + resource.physical_id + ")");
      }
    }
  }

  bool planTable(const std::string& name) {
    auto table = describeTable(dynamodb_, name);
    if (!table) return false;
    if (options_.delete_data && table->is_protected) {
      throw std::runtime_error("The table " + name +
                               " has deletion protection: take it off first (aws dynamodb update-table "
                               "--no-deletion-protection-enabled --table-name " +
                               name + ").");
    }
    plan_.tables.push_back(*std::move(table));
    return true;
  }

  // What an earlier removal kept.
  void planTablesOfStage() {
    for (const char* end : {"-dynamodb-logs", "-core"}) planTable(options_.stage + end);
  }

  bool agree() {
    if (options_.yes) return true;
    if (!options_.delete_data || plan_.tables.empty()) return view_.confirm("Remove all of this?");
    return view_.confirmByTyping(options_.stage, "The tables' items are gone for good.");
  }

  void removeStack() {
    Ending ending = operation_.deleteStack(*stack_, options_.role_arn);
    if (situationOf(ending.stack.status) == Situation::kAbsent) return;
    std::vector<std::string> failed;
    for (const StackEvent& event : ending.failures) {
      view_.say(event.logical_id + " (" + event.type + ") cannot be removed: " + event.reason);
      failed.push_back(event.logical_id);
    }
    const bool leaves_them = !failed.empty() && view_.canAsk() && ending.stack.status == "DELETE_FAILED" &&
                             view_.confirm("Remove the stack, and leave these in AWS?");
    if (leaves_them) ending = operation_.deleteStack(ending.stack, options_.role_arn, failed);
    if (situationOf(ending.stack.status) == Situation::kAbsent) return;
    throw std::runtime_error("The removal of " + stack_->name + " failed (" + ending.stack.status +
                             "): " + causeOf(ending, operation_.account().region));
  }

  void removeTable(const KeptTable& table) {
    view_.say("Deleting the table " + table.name);
    deleteTable(dynamodb_, table.name, operation_.waiting());
  }

  // Lambda makes a group at a function's first line, which the stack does not own.
  void removeLogGroups() {
    const aws::Client logs(session_, aws::kLogs);
    for (const std::string& function : functions_) {
      const std::string group = "/aws/lambda/" + function;
      try {
        logs.call("DeleteLogGroup", json::serialize(json::object{{"logGroupName", group}}));
        view_.say("The log group " + group + " was removed.");
      } catch (const aws::ServiceError& error) {
        if (error.type() != "ResourceNotFoundException")
          view_.say("The log group " + group + " stays: " + error.what());
      }
    }
  }

  void removeArtifacts() {
    ArtifactBucket bucket(session_, operation_.account(), options_.bucket);
    const std::size_t count = bucket.removeAll(options_.stack_name);
    if (count > 0)
      view_.say(std::to_string(count) + " uploaded files were removed from the bucket " + bucket.name() + ".");
  }

  aws::Session& session_;
  const RemoveOptions& options_;
  View& view_;
  Operation operation_;
  const aws::Client dynamodb_;
  std::optional<Stack> stack_;
  RemovalPlan plan_;
  std::vector<std::string> functions_;
};

}  // namespace

RemoveOutcome remove(aws::Session& session, Ids& ids, const RemoveOptions& options, View& view) {
  if (!options.yes && !view.canAsk()) {
    throw std::invalid_argument("remove asks before it removes anything. There is no terminal to ask on: use --yes");
  }
  try {
    return Removal(session, ids, options, view).run();
  } catch (const Interrupted&) {
    throw std::runtime_error("Interrupted: what is being deleted in AWS goes on, and nothing else was removed.");
  }
}

}  // namespace ddblog::deploy
