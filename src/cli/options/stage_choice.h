// Who has chosen the stage of a command: the person, or a settings file (settings.h), which may have come with somebody
// else's repository. A command that changes something in AWS because of a file says so, and asks.
//
//   The stage dev comes from /home/ada/shop/.dynamodb-log.toml:1. Let append change it in AWS? [y/N]
//
// Thread safety: a value type; functions without state.
#pragma once

#include <string>

#include "cli/command_line.h"
#include "ddblog/transport.h"

namespace ddblog::cli {

struct StageChoice {
  std::string file;       // that names a stage, and its line; empty: none does
  bool is_typed = false;  // --stage is on the command line

  bool isOfFile() const { return !file.empty() && !is_typed; }
};

// Before the option --stage is described: what is configured; after that: whether it is on the command line. `choice`
// must outlive the CommandLine.
StageChoice configuredStage(const Command& command);
void noteTypedStage(Command& command, StageChoice& choice);

// Returns if the person has chosen the stage, if it is the offline cloud's, or if all services are on this machine
// (`options` says where they are). Otherwise it asks, on standard error. Throws std::invalid_argument if there is no
// terminal to ask on, and std::runtime_error if the answer is no. `verb`: the command, "append".
void confirmStage(const StageChoice& choice, const std::string& stage, const ConnectOptions& options,
                  const std::string& verb);

// For a command that asks anyway: a line on standard error that says where the stage comes from, if it is a file's.
void sayStage(const StageChoice& choice, const std::string& stage);

}  // namespace ddblog::cli
