#include "cli/command_line.h"

#include <gtest/gtest.h>

#include <array>

#include <stdexcept>
#include <string>
#include <vector>

namespace ddblog::cli {
namespace {

// A program with the shapes of ours: subcommands, one of which has its own, and a hidden one.
class CommandLineTest : public testing::Test {
 protected:
  CommandLineTest() {
    Command program = line_.program();
    Command append = program.subcommand("append", "Append an event");
    append.argument("LOG", log_, "The log");
    append.option("--expect VERSION", expected_, "The version");
    append.choice("--target bus|table", target_, {"bus", "table"}, "Where to");
    append.number("--users N", users_, "How many", {1, 10});
    append.list("--port PORT", ports_, "A port", {0, 65535});
    append.flag("--yes,-y", yes_, "Do not ask");
    append.runs([] { return 11; });
    Command offline = program.subcommand("offline", "Run the cloud");
    offline.option("--from TIME", from_, "From when", Need::kRequired);
    offline.runs([] { return 12; });
    Command snapshot = program.subcommand("snapshot", "Save or load");
    snapshot.subcommand("save", "Save").runs([] { return 13; });
    snapshot.subcommand("load", "Load").runs([] { return 14; });
    program.hiddenSubcommand("trigger", "For programs").runs([] { return 15; });
  }

  int run(std::vector<const char*> words) {
    words.insert(words.begin(), "prog");
    return line_.parse(static_cast<int>(words.size()), words.data())();
  }

  std::string errorOf(std::vector<const char*> words) {
    try {
      run(std::move(words));
    } catch (const std::invalid_argument& e) {
      return e.what();
    }
    return "no error";
  }

  CommandLine line_{"prog", "A program.", "prog 1"};
  std::string log_, expected_ = "any", target_ = "bus", from_;
  std::uint64_t users_ = 0;
  std::vector<int> ports_ = {8000};
  bool yes_ = false;
};

TEST_F(CommandLineTest, RunsTheChosenSubcommandWithItsValues) {
  EXPECT_EQ(run({"append", "users", "--expect", "7", "--target", "table", "--users", "3", "--port", "1", "-y"}), 11);
  EXPECT_EQ(log_, "users");
  EXPECT_EQ(expected_, "7");
  EXPECT_EQ(target_, "table");
  EXPECT_EQ(users_, 3u);
  EXPECT_EQ(ports_, std::vector<int>{1});
  EXPECT_TRUE(yes_);
}

TEST_F(CommandLineTest, RunsSubcommandsOfSubcommandsAndHiddenOnes) {
  EXPECT_EQ(run({"snapshot", "load"}), 14);
  EXPECT_EQ(run({"trigger"}), 15);
}

TEST(ConfiguredCommandLine, HasOtherDefaults) {
  CommandLine line("prog", "A program.", "prog 1", {{"stage", {"dev", "file:1"}}, {"output", {"table", "file:2"}}});
  std::string stage = "local", region = "none", output = "json", other = "json";
  Command read = line.program().subcommand("read", "Read");
  EXPECT_TRUE(read.preset("stage", stage));
  EXPECT_FALSE(read.preset("region", region));
  bool is_given = false;
  read.option("--stage,-s NAME", stage, "The stage");
  read.notesGiven("--stage", is_given);
  read.choice("--output,-o text|json", output, {"text", "json"}, "How to print");
  read.choice("--other json|xml", other, {"json", "xml"}, "Something else");
  read.runs([] { return 0; });
  const std::array<const char*, 2> words = {"prog", "read"};
  line.parse(static_cast<int>(words.size()), words.data());
  EXPECT_EQ(stage, "dev");
  EXPECT_EQ(region, "none");
  EXPECT_EQ(output, "text");  // a table is for people, and so is text
  EXPECT_EQ(other, "json");
  EXPECT_FALSE(is_given);
  const std::array<const char*, 6> given = {"prog", "read", "--stage", "test", "-o", "json"};
  line.parse(static_cast<int>(given.size()), given.data());
  EXPECT_EQ(stage, "test");
  EXPECT_TRUE(is_given);
  EXPECT_EQ(output, "json");
}

TEST_F(CommandLineTest, NamesAnUnknownSubcommandAndTheNearestKnownOne) {
  EXPECT_EQ(errorOf({"apend", "users"}),
            "unknown subcommand 'apend'; did you mean 'append'? `prog --help` lists them.");
  EXPECT_EQ(errorOf({"snap"}), "unknown subcommand 'snap'; did you mean 'snapshot'? `prog --help` lists them.");
  EXPECT_EQ(errorOf({"frobnicate"}),
            "unknown subcommand 'frobnicate'; it must be append, offline or snapshot. `prog --help` lists them.");
  EXPECT_EQ(errorOf({"snapshot", "laod", "file"}),
            "unknown subcommand 'laod'; did you mean 'load'? `prog snapshot --help` lists them.");
}

TEST(LongCommandLine, DoesNotListWhatHelpLists) {
  CommandLine line("prog", "A program.", "prog 1");
  for (const char* name : {"ant", "bee", "cat", "dog", "eel", "fox", "gnu", "hen", "ibis"}) {
    line.program().subcommand(name, "An animal").runs([] { return 0; });
  }
  const auto errorOf = [&line](std::vector<const char*> words) {
    words.insert(words.begin(), "prog");
    try {
      line.parse(static_cast<int>(words.size()), words.data());
    } catch (const std::invalid_argument& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  EXPECT_EQ(errorOf({"frobnicate"}), "unknown subcommand 'frobnicate'. `prog --help` lists them.");
  EXPECT_EQ(errorOf({"ibiz"}), "unknown subcommand 'ibiz'; did you mean 'ibis'? `prog --help` lists them.");
  EXPECT_EQ(errorOf({}), "a subcommand is missing. `prog --help` lists them.");
}

TEST_F(CommandLineTest, DoesNotSuggestAHiddenSubcommand) {
  EXPECT_EQ(errorOf({"triggers"}),
            "unknown subcommand 'triggers'; it must be append, offline or snapshot. `prog --help` lists them.");
}

TEST_F(CommandLineTest, NamesAnUnknownOptionAndTheNearestKnownOne) {
  const std::string error = "unknown option '--expct'; did you mean '--expect'? `prog append --help` lists them.";
  EXPECT_EQ(errorOf({"append", "users", "--expct", "none"}), error);
  EXPECT_EQ(errorOf({"append", "users", "--expct=none"}), error);
  // The option's value was taken for the argument, and the argument is left over.
  EXPECT_EQ(errorOf({"append", "--expct", "none", "users"}), error);
  // The argument is missing, too.
  EXPECT_EQ(errorOf({"append", "--expct"}), error);
  EXPECT_EQ(errorOf({"append", "users", "--zzz"}), "unknown option '--zzz'. `prog append --help` lists them.");
  EXPECT_EQ(errorOf({"--versoin"}), "unknown option '--versoin'; did you mean '--version'? `prog --help` lists them.");
}

TEST_F(CommandLineTest, SaysWhatIsMissing) {
  EXPECT_EQ(errorOf({}), "a subcommand is missing: append, offline or snapshot. `prog --help` says what they do.");
  EXPECT_EQ(errorOf({"snapshot"}), "a subcommand is missing: save or load. `prog snapshot --help` says what they do.");
  EXPECT_EQ(errorOf({"append"}), "LOG is required. `prog append --help` shows how to use it.");
  EXPECT_EQ(errorOf({"offline"}), "--from is required. `prog offline --help` shows how to use it.");
}

TEST_F(CommandLineTest, RefusesMoreArgumentsThanThereAre) {
  EXPECT_EQ(errorOf({"append", "users", "more"}),
            "unexpected argument 'more'. `prog append --help` shows how to use it.");
}

TEST_F(CommandLineTest, SaysWhichValuesAnOptionTakes) {
  const std::string end = " `prog append --help` shows how to use it.";
  EXPECT_EQ(errorOf({"append", "users", "--target", "sea"}), "--target: must be bus or table, not 'sea'." + end);
  for (const char* wrong : {"0", "11", "-1", "many", "1x", ""}) {
    EXPECT_EQ(errorOf({"append", "users", "--users", wrong}),
              "--users: must be a number from 1 to 10, not '" + std::string(wrong) + "'." + end);
  }
  EXPECT_EQ(errorOf({"append", "users", "--port", "65536"}),
            "--port: must be a number from 0 to 65535, not '65536'." + end);
}

TEST_F(CommandLineTest, HelpShowsPlaceholdersAndDefaultsAndHidesHiddenSubcommands) {
  testing::internal::CaptureStdout();
  EXPECT_EQ(run({"append", "--help"}), 0);
  const std::string help = testing::internal::GetCapturedStdout();
  for (const char* part : {"LOG (required)", "--expect VERSION=any", "--target bus|table=bus", "--port PORT=[8000]"}) {
    EXPECT_NE(help.find(part), std::string::npos) << part << " in\n" << help;
  }
  EXPECT_EQ(help.find("--users N="), std::string::npos) << "0 is not a value of --users, but \"not given\"\n" << help;
  testing::internal::CaptureStdout();
  EXPECT_TRUE(line_.hasPrinted());
  EXPECT_EQ(run({"--help"}), 0);
  const std::string program_help = testing::internal::GetCapturedStdout();
  EXPECT_NE(program_help.find("snapshot"), std::string::npos);
  EXPECT_EQ(program_help.find("trigger"), std::string::npos);
}

}  // namespace
}  // namespace ddblog::cli
