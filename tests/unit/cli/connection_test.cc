#include "cli/connection.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cli/command_line.h"
#include "cli/options/settings.h"

namespace ddblog::cli {
namespace {

// The profile of a command with these options, where the profile "work" is configured.
std::string profileWith(std::vector<const char*> options) {
  const Settings settings{{"profile", Setting{"work", ".dynamodb-log.toml:1"}}};
  CommandLine line("dynamodb-log", "", "", settings);
  Command command = line.program().subcommand("read", "");
  ConnectionFlags flags;
  addConnectionFlags(command, flags);
  command.runs([] { return 0; });
  options.insert(options.begin(), {"dynamodb-log", "read"});
  line.parse(static_cast<int>(options.size()), options.data())();
  return profileOf(flags);
}

TEST(Connection, TheConfiguredProfileIsOfTheStagesInAws) {
  EXPECT_EQ(profileWith({"--stage", "dev"}), "work");
  EXPECT_EQ(profileWith({}), "");
}

TEST(Connection, AProfileOfTheCommandLineIsOfEachStage) {
  EXPECT_EQ(profileWith({"--profile", "mine", "--stage", "dev"}), "mine");
  EXPECT_EQ(profileWith({"--profile", "mine"}), "mine");
}

}  // namespace
}  // namespace ddblog::cli
