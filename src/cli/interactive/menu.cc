#include "cli/interactive/menu.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <set>
#include <system_error>

#include "base/system_paths.h"
#include "cli/cloud/local_cloud.h"
#include "cli/connection.h"
#include "cli/interactive/tasks.h"
#include "cli/query/table_reader.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/questions.h"
#include "cli/terminal/shell_words.h"
#include "ddblog/event.h"

namespace ddblog::cli {
namespace {

constexpr std::size_t kMostFiles = 1000;  // of a folder, to complete a name from

// Ctrl-C on the terminal reaches the command that runs, too: this program lives on.
class SignalsOfChild {
 public:
  SignalsOfChild() : interrupt_(std::signal(SIGINT, SIG_IGN)), quit_(std::signal(SIGQUIT, SIG_IGN)) {}
  ~SignalsOfChild() {
    std::signal(SIGINT, interrupt_);
    std::signal(SIGQUIT, quit_);
  }
  SignalsOfChild(const SignalsOfChild&) = delete;

 private:
  void (*const interrupt_)(int);
  void (*const quit_)(int);
};

// Runs this program with these words, on this terminal. Returns its exit status.
int runCommand(const std::vector<std::string>& words) {
  const std::string program = programPath();
  std::string name = "dynamodb-log";
  std::vector<std::string> copies = words;
  std::vector<char*> arguments = {name.data()};
  for (std::string& word : copies) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::cout.flush();
  const SignalsOfChild signals;
  const pid_t child = ::fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "the command cannot be started");
  if (child == 0) {
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGQUIT, SIG_DFL);
    ::execv(program.c_str(), arguments.data());
    ::_exit(127);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::vector<std::string> filesFor(const std::string& begun) {
  const std::filesystem::path path(begun);
  const std::string folder = path.has_parent_path() ? path.parent_path().string() : ".";
  std::vector<std::string> names;
  std::error_code unreadable;
  for (const auto& entry : std::filesystem::directory_iterator(folder, unreadable)) {
    if (names.size() == kMostFiles) break;
    std::string name =
        (path.has_parent_path() ? path.parent_path() / entry.path().filename() : entry.path().filename()).string();
    if (entry.is_directory(unreadable)) name += '/';
    names.push_back(std::move(name));
  }
  return names;
}

class Menu {
 public:
  explicit Menu(const Command& program) {
    presetConnection(program, connection_);
    usual_stage_ = connection_.stage;
  }

  int run() {
    for (;;) {
      show();
      const auto choice = questions_.ask("Number, s or q");
      if (!choice || *choice == "q" || *choice == "quit") return kOk;
      if (*choice == "s") {
        if (const auto stage = questions_.ask("Stage", {.preset = "local"})) connection_.stage = *stage;
        continue;
      }
      std::size_t number = 0;
      const char* const end = choice->data() + choice->size();
      if (std::from_chars(choice->data(), end, number).ptr != end) number = 0;
      if (number < 1 || number > tasks().size()) {
        if (!choice->empty()) std::cout << "There is no '" << *choice << "' here." << std::endl;
        continue;
      }
      perform(tasks()[number - 1]);
    }
  }

 private:
  void show() const {
    std::cout << "\ndynamodb-log: what would you like to do?\n\n";
    for (std::size_t i = 0; i < tasks().size(); ++i) {
      std::cout << (i < 9 ? "   " : "  ") << i + 1 << "  " << tasks()[i].title << '\n';
    }
    std::cout << "   s  Choose the stage (now: " << connection_.stage << ")\n   q  Quit\n\n" << state() << std::endl;
  }

  std::string state() const {
    try {
      ConnectionFlags offline = connection_;
      offline.stage = "local";
      const LocalCloud cloud(offline, "--stage", 1);
      return cloud.runId() ? "The offline cloud runs at " + cloud.url() + "."
                           : "No offline cloud runs at " + cloud.url() + ".";
    } catch (const std::exception& error) {
      return error.what();
    }
  }

  void perform(const Task& task) {
    std::string stage = connection_.stage;
    if (task.stage == Task::Stage::kInAws && stage == "local") {
      const auto answer = questions_.ask("Stage in AWS", {.preset = "dev"});
      if (!answer) return;
      stage = *answer;
    }
    std::vector<std::string> answers;
    for (const TaskInput& input : task.inputs) {
      const auto answer =
          questions_.ask(input.question, {.complete = completerFor(input, answers), .preset = input.preset});
      if (!answer || (answer->empty() && input.is_needed)) {
        std::cout << "Nothing was done." << std::endl;
        return;
      }
      answers.push_back(*answer);
    }
    if (task.stage == Task::Stage::kNone && stage != "local") {
      std::cout << "This is about the offline cloud, not about the stage " << stage << "." << std::endl;
    }
    const std::vector<std::string> words = wordsOf(task, answers, stage, usual_stage_);
    std::cout << "\n$ dynamodb-log " << shellWords(words) << std::endl;
    const int status = runCommand(words);
    if (status != kOk) std::cout << "(exit status " << status << ")" << std::endl;
  }

  Questions::Complete completerFor(const TaskInput& input, const std::vector<std::string>& answers) const {
    switch (input.words) {
      case TaskInput::Words::kFiles:
        return filesFor;
      case TaskInput::Words::kLogs:
        return [this](const std::string&) { return namesInLog({}); };
      case TaskInput::Words::kStreams:
        return [this, log = answers.empty() ? std::string() : answers.front()](const std::string&) {
          return namesInLog(log);
        };
      case TaskInput::Words::kNone:
        break;
    }
    return {};
  }

  // The ids of streams of the log, or the names of logs if it is empty: as far as the first page of the
  // log table has them.
  std::vector<std::string> namesInLog(const std::string& log) const {
    std::set<std::string> names;
    try {
      const TableReader reader(connectAs(connection_), connection_.stage);
      const TableInfo table = reader.find(logTableName(connection_.stage));
      for (const std::string& key : reader.somePartitions(table, table.keys, {}, log.empty() ? log : log + "#")) {
        if (const auto stream = parseStreamKey(key)) names.insert(log.empty() ? stream->log : stream->id);
      }
    } catch (const std::exception&) {  // there are no suggestions then
    }
    return {names.begin(), names.end()};
  }

  Questions questions_;
  ConnectionFlags connection_;  // with the stage that was chosen
  std::string usual_stage_;
};

}  // namespace

int runMenu(const Command& program) { return Menu(program).run(); }

}  // namespace ddblog::cli
