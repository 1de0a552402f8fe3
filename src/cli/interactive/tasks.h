// What a person can do here, as the menu of the interactive way offers it: each is a command, and the
// questions whose answers complete it.
//
// Thread safety: values and stateless functions.
#pragma once

#include <string>
#include <vector>

namespace ddblog::cli {

// One question, and where its answer stands on the command line.
struct TaskInput {
  enum class Words { kNone, kLogs, kStreams, kFiles };  // what Tab completes it with

  std::string question;
  std::string option;       // "--template"; empty: an argument
  std::string preset = {};  // the answer if nothing is typed
  bool is_needed = false;
  Words words = Words::kNone;
};

struct Task {
  enum class Stage { kNone, kAny, kInAws };  // whether the command has --stage; kInAws: and it is not "local"

  std::string title;
  std::vector<std::string> command;
  std::vector<TaskInput> inputs = {};
  Stage stage = Stage::kNone;
};

// In the order of the menu.
const std::vector<Task>& tasks();

// The command line's words for these answers, one for each input: empty ones are left out.
// `usual_stage`: what a command takes without --stage.
std::vector<std::string> wordsOf(const Task& task, const std::vector<std::string>& answers, const std::string& stage,
                                 const std::string& usual_stage = "local");

}  // namespace ddblog::cli
