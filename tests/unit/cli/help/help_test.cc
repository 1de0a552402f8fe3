// Completion scripts and the manual page, of a small program. tests/e2e/help_test.py lets bash run the real one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/command_line.h"
#include "cli/help/completion_scripts.h"
#include "cli/help/manual_page.h"

namespace ddblog::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

class HelpTest : public testing::Test {
 protected:
  HelpTest() {
    Command program = line_.program();
    Command read = program.subcommand("read", "Print a stream's events");
    read.argument("LOG", text_, "The log");
    read.optionalArgument("ID", text_, "The stream");
    read.choice("--output,-o text|json", text_, {"text", "json"}, "The format");
    read.flag("--follow,-f", flag_, "Go on");
    read.examples("Examples:\n  prog read users\n.not a request");
    program.subcommand("rules", "Rules").subcommand("test", "Test one").option("--event FILE", text_, "An event");
    program.hiddenSubcommand("trigger", "For programs");
  }

  CommandInfo info() { return line_.program().info(); }

  CommandLine line_{"my-prog", "A program.", "prog 1"};
  std::string text_;
  bool flag_ = false;
};

TEST_F(HelpTest, TheCommandLineIsDescribed) {
  const CommandInfo program = info();
  ASSERT_EQ(program.subcommands.size(), 2u);  // without the hidden one
  const CommandInfo& read = program.subcommands.front();
  ASSERT_EQ(read.arguments.size(), 2u);
  EXPECT_TRUE(read.arguments[0].is_required);
  EXPECT_FALSE(read.arguments[1].is_required);
  ASSERT_EQ(read.options.size(), 3u);  // --help is the first one
  EXPECT_EQ(read.options[1].names, (std::vector<std::string>{"--output", "-o"}));
  EXPECT_EQ(read.options[1].choices, (std::vector<std::string>{"text", "json"}));
  EXPECT_EQ(read.options[2].placeholder, "");
}

TEST_F(HelpTest, BashCompletesSubcommandsOptionsAndChoices) {
  const std::string script = bashCompletion(info());
  EXPECT_THAT(script, HasSubstr("'read'|'rules'|'rules test') chosen="));
  EXPECT_THAT(script, HasSubstr("'read:--output'|'read:-o') COMPREPLY=($(compgen -W 'text json' -- \"$current\"))"));
  EXPECT_THAT(script, HasSubstr("'rules test') known='--help -h --event'"));
  EXPECT_THAT(script, HasSubstr("complete -o default -F _my_prog my-prog"));
  EXPECT_THAT(script, Not(HasSubstr("trigger")));
}

TEST_F(HelpTest, ZshAndFishShowDescriptions) {
  EXPECT_THAT(zshCompletion(info()), HasSubstr("'read:Print a stream'\\''s events'"));
  const std::string fish = fishCompletion(info());
  EXPECT_THAT(fish, HasSubstr("complete -c my-prog -n 'not __fish_seen_subcommand_from read rules' -f -a read"));
  EXPECT_THAT(fish,
              HasSubstr("-n '__fish_seen_subcommand_from read' -l output -s o -r -f -a 'text json' -d 'The format'"));
}

TEST_F(HelpTest, TheManualPageEscapesWhatTroffWouldTakeForItsOwn) {
  const std::string page = manualPage(info(), "my-prog 1");
  EXPECT_THAT(page, testing::StartsWith(".TH MY-PROG 1 \"\" \"my-prog 1\"\n.SH NAME\nmy\\-prog \\- A program.\n"));
  EXPECT_THAT(page, HasSubstr("\\fBread\\fR \\fILOG\\fR [\\fIID\\fR] [options]"));
  EXPECT_THAT(page, HasSubstr(".TP\n\\fB\\-\\-output\\fR, \\fB\\-o\\fR \\fItext|json\\fR\nThe format\n"));
  EXPECT_THAT(page, HasSubstr("\\&.not a request"));
  EXPECT_THAT(page, HasSubstr(".SS rules test\n"));
}

}  // namespace
}  // namespace ddblog::cli
