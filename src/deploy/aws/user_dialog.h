// What a deployment or a removal shows and asks: on a terminal, as JSON, or in a test.
//
// Thread safety: called on the thread that deploys.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "deploy/aws/change_set.h"
#include "deploy/aws/stack_events.h"

namespace ddblog::deploy {

struct KeptTable {
  std::string name;
  std::string arn = {};
  std::int64_t items = 0;  // as DynamoDB counted them, up to six hours ago
  bool is_protected = false;
};

struct RemovalPlan {
  std::string stack;
  std::vector<std::string> removed;        // "Users (AWS::Lambda::Function, users-dev-Users-1ABC)"
  std::vector<KeptTable> lost_tables;      // go with the stack, and their items with them
  std::vector<std::string> lost_archives;  // "LogArchive (users-dev-LogArchive-1)": the same, with their events
  std::vector<KeptTable> tables;           // outlive the stack
  bool deletes_tables = false;             // then these go, too
  std::vector<std::string> replays;        // temporary rules and queues of replays from AWS, by their names
  std::vector<std::string> log_groups;     // that functions left
  std::string bucket;
  std::size_t uploads = 0;  // files of the stack in the bucket
};

struct DeployedStack {
  std::string name, id, region;
  std::map<std::string, std::string> outputs;
  std::vector<std::pair<std::string, std::string>> functions;  // logical id, name
};

class UserDialog {
 public:
  virtual ~UserDialog() = default;

  virtual void say(const std::string& line) = 0;
  virtual void showChanges(const std::string& stack, const std::vector<Change>& changes) = 0;
  virtual void showPlan(const RemovalPlan& plan) = 0;
  virtual void showEvent(const StackEvent& event) = 0;
  virtual void showResult(const DeployedStack& stack) = 0;

  // Whether somebody can be asked.
  virtual bool canAsk() const = 0;
  // A question of yes or no.
  virtual bool confirm(const std::string& question) = 0;
  // A question whose answer yes is to type `word`.
  virtual bool confirmByTyping(const std::string& word, const std::string& question) = 0;
  // Ctrl-C was pressed.
  virtual bool isInterrupted() const = 0;
};

}  // namespace ddblog::deploy
