// Shows deployments and removals (deploy/aws/view.h): as text, or as JSON, one object a line.
//
//   {"type": "change", "action": "Add", "logicalId": "LogTable", "resourceType": …}
//   {"type": "event", "status": "CREATE_COMPLETE", "logicalId": "LogTable", …}
//   {"type": "result", "stack": "users-dev", "outputs": {…}, "functions": {…}}
//
// Notes go to standard error. On a terminal, each resource has one line, which shows its newest state;
// elsewhere each event is a line.
//
// Thread safety: none.
#pragma once

#include <memory>
#include <ostream>

#include "deploy/aws/view.h"

namespace ddblog::cli {

// How to show: `width` and `height` of the terminal; 0: it is none.
struct ViewSettings {
  bool as_json = false;
  bool can_ask = false;
  int width = 0;
  int height = 0;
};

// For standard output: is it a terminal?
ViewSettings viewSettings(bool as_json);

// Notices Ctrl-C as long as it lives.
std::unique_ptr<deploy::View> deploymentView(const ViewSettings& settings, std::ostream& out, std::ostream& notes);

}  // namespace ddblog::cli
