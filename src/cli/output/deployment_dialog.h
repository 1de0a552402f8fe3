// Shows deployments and removals (deploy/aws/user_dialog.h): as text, or as JSON, one object a line.
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

#include "deploy/aws/user_dialog.h"

namespace ddblog::cli {

// How to show: `width` and `height` of the terminal; 0: it is none.
struct DialogSettings {
  bool as_json = false;
  bool can_ask = false;
  int width = 0;
  int height = 0;
};

// For standard output: is it a terminal?
DialogSettings dialogSettings(bool as_json);

// Notices Ctrl-C as long as it lives.
std::unique_ptr<deploy::UserDialog> deploymentDialog(const DialogSettings& settings, std::ostream& out,
                                                     std::ostream& notes);

}  // namespace ddblog::cli
