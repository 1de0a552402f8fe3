#include "cli/interactive/tasks.h"

#include <algorithm>

namespace ddblog::cli {
namespace {

using Words = TaskInput::Words;
using Stage = Task::Stage;

const TaskInput kTemplate{"Template (empty: the one in this folder)", "--template", "", false, Words::kFiles};
const TaskInput kLog{"Log", "", "users", true, Words::kLogs};
const TaskInput kId{"Id of the stream", "", "", true, Words::kStreams};

}  // namespace

const std::vector<Task>& tasks() {
  static const std::vector<Task> all = {
      {"Make a new project",
       {"init"},
       {{"Directory", "", "", true, Words::kFiles}, {"Language (cpp, node, python)", "--lang", "node", true}}},
      {"Start the offline cloud in the background", {"offline", "--detach"}, {kTemplate}},
      {"Show what the cloud is doing", {"status"}, {}, Stage::kAny},
      {"Append an event",
       {"append"},
       {kLog, kId, {"Type of the event", "", "signup", true}, {"Payload (JSON)", "", "{}", true}},
       Stage::kAny},
      {"Read the events of a stream",
       {"read"},
       {kLog, kId, {"Format (table, json, jsonl)", "-o", "table"}},
       Stage::kAny},
      {"List the streams", {"streams"}, {}, Stage::kAny},
      {"Watch new events and failures", {"tail"}, {}, Stage::kAny},
      {"Look into a table", {"query"}, {}, Stage::kAny},
      {"Append events of made-up users", {"fake-data"}, {{"How many users", "--users", "10", true}}, Stage::kAny},
      {"Show what the functions have logged", {"logs"}, {{"Since", "--since", "10m"}}, Stage::kAny},
      {"Show what could not be handled", {"failures"}, {}},
      {"List the functions", {"functions"}, {}, Stage::kAny},
      {"Invoke a function",
       {"invoke"},
       {{"Function", "", "", true}, {"Event (a JSON file; empty: {})", "--event", "", false, Words::kFiles}},
       Stage::kAny},
      {"Replay archived events to the bus",
       {"replay", "--target", "bus"},
       {{"From (a date or time; empty: the first event)", "--from"}, {"Only this log (empty: all)", "--log"}}},
      {"Check what keeps the cloud from running here", {"doctor"}, {}},
      {"Deploy to AWS", {"deploy"}, {kTemplate}, Stage::kInAws},
      {"Remove from AWS", {"remove"}, {kTemplate}, Stage::kInAws},
      {"Stop the offline cloud", {"stop"}, {}},
      {"Remove the offline cloud's data", {"clean"}, {}},
  };
  return all;
}

std::vector<std::string> wordsOf(const Task& task, const std::vector<std::string>& answers, const std::string& stage,
                                 const std::string& usual_stage) {
  std::vector<std::string> words = task.command;
  std::vector<std::string> options, arguments;
  for (std::size_t i = 0; i < task.inputs.size() && i < answers.size(); ++i) {
    const TaskInput& input = task.inputs[i];
    if (answers[i].empty()) continue;
    if (input.option.empty()) {
      arguments.push_back(answers[i]);
    } else {
      options.insert(options.end(), {input.option, answers[i]});
    }
  }
  if (task.stage != Stage::kNone && stage != usual_stage) options.insert(options.end(), {"--stage", stage});
  const bool has_dash = std::ranges::any_of(arguments, [](const std::string& one) { return one.starts_with('-'); });
  if (has_dash) {  // no options follow "--"
    words.insert(words.end(), options.begin(), options.end());
    words.push_back("--");
    options.clear();
  }
  words.insert(words.end(), arguments.begin(), arguments.end());
  words.insert(words.end(), options.begin(), options.end());
  return words;
}

}  // namespace ddblog::cli
