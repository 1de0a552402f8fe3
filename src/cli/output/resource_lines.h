// The events of a stack's operation: on a terminal, a line for each resource, which changes with it;
// elsewhere, and when the resources are more than the terminal's lines, a line for each event.
//
//   CREATE_COMPLETE     AWS::DynamoDB::Table   LogTable
//   CREATE_FAILED       AWS::Events::EventBus  Bus       dynamodb-log already exists
//
// Thread safety: none.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "deploy/aws/stack_events.h"

namespace ddblog::cli {

class ResourceLines {
 public:
  // `width` and `height`: of the terminal; 0: it is none.
  ResourceLines(std::ostream& out, int width, int height) : out_(out), width_(width), height_(height) {}

  void show(const deploy::StackEvent& event);
  // Something else is printed now: the lines above it stay as they are.
  void forget() { resources_.clear(); }

 private:
  std::ostream& out_;
  const int width_;
  const int height_;
  std::vector<std::string> resources_;  // logical ids, in the order of their lines
};

}  // namespace ddblog::cli
