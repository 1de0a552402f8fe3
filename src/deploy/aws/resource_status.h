// What the resources of an application are doing. Their services are asked: the same in AWS and of the
// offline cloud.
//
// Errors: those of aws::Client. Thread safety: none.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "aws/client.h"
#include "deploy/aws/stack_resources.h"

namespace ddblog::deploy {

struct ResourceStatus {
  std::string kind;     // "table", "function", "mapping", "rule", "queue", "replay" (one that goes on)
  std::string name;     // of a rule: "bus/rule"; of a mapping: "source -> function"
  std::string state;    // the service's word: "ACTIVE", "Enabled"; "absent": it is gone
  std::string detail;   // "12 items", "OK"; empty: none
  std::string id = {};  // of a mapping: its UUID
};

class ResourceStatuses {
 public:
  explicit ResourceStatuses(aws::Session& session);

  // Those of a stack's resources that have a status, in the stack's order, and the replays of its archives.
  std::vector<ResourceStatus> of(const std::vector<StackResource>& resources) const;
  // Of all that the endpoint has: of an offline cloud.
  std::vector<ResourceStatus> ofEverything() const;

 private:
  ResourceStatus table(const std::string& name) const;
  ResourceStatus function(const std::string& name) const;
  ResourceStatus mapping(const std::string& uuid) const;
  ResourceStatus rule(const std::string& bus, const std::string& name) const;
  ResourceStatus queue(const std::string& url) const;
  void addRules(std::vector<ResourceStatus>& found) const;
  // `archives`: only of these; nullptr: of all.
  void addReplays(std::vector<ResourceStatus>& found, const std::set<std::string>* archives) const;

  const aws::Client dynamodb_, lambda_, events_, sqs_;
};

}  // namespace ddblog::deploy
