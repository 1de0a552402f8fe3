#include "cli/interactive/tasks.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "cli/terminal/shell_words.h"

namespace ddblog::cli {
namespace {

std::string lineOf(const std::string& command, const std::vector<std::string>& answers, const std::string& stage) {
  const auto task = std::ranges::find_if(tasks(), [&](const Task& one) { return one.command.front() == command; });
  return shellWords(wordsOf(*task, answers, stage));
}

TEST(Tasks, BecomeACommandLine) {
  EXPECT_EQ(lineOf("append", {"users", "42", "signup", R"({"name": "Ada"})"}, "local"),
            R"(append users 42 signup '{"name": "Ada"}')");
  EXPECT_EQ(lineOf("read", {"users", "42", "table"}, "dev"), "read users 42 -o table --stage dev");
  EXPECT_EQ(lineOf("read", {"users", "-42", "table"}, "dev"), "read -o table --stage dev -- users -42");
  EXPECT_EQ(lineOf("offline", {""}, "dev"), "offline --detach");
  EXPECT_EQ(lineOf("replay", {"2026-11-22", ""}, "local"), "replay --target bus --from 2026-11-22");
  EXPECT_EQ(lineOf("init", {"shop", "python"}, "local"), "init shop --lang python");
  EXPECT_EQ(lineOf("invoke", {"orders", ""}, "dev"), "invoke orders --stage dev");
  EXPECT_EQ(lineOf("deploy", {"app/template.yaml"}, "dev"), "deploy --template app/template.yaml --stage dev");
}

TEST(Tasks, NeedWhatTheirArgumentsAre) {
  for (const Task& task : tasks()) {
    for (const TaskInput& input : task.inputs) {
      EXPECT_TRUE(!input.option.empty() || input.is_needed) << task.title << ": " << input.question;
    }
  }
}

}  // namespace
}  // namespace ddblog::cli
