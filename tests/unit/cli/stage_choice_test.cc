#include "cli/options/stage_choice.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "cli/connection.h"

namespace ddblog::cli {
namespace {

// The flags of a command with these options, where `source` names the stage "dev".
ConnectionFlags flagsWith(std::vector<const char*> options, const std::string& source) {
  CommandLine line("dynamodb-log", "", "", Settings{{"stage", Setting{"dev", source}}});
  Command command = line.program().subcommand("append", "");
  ConnectionFlags flags;
  addConnectionFlags(command, flags);
  command.runs([] { return 0; });
  options.insert(options.begin(), {"dynamodb-log", "append"});
  line.parse(static_cast<int>(options.size()), options.data())();
  return flags;
}

constexpr const char* kFile = "/home/ada/shop/.dynamodb-log.toml:1";

TEST(StageChoice, IsAFilesUntilItIsTyped) {
  EXPECT_TRUE(flagsWith({}, kFile).stage_choice.isOfFile());
  EXPECT_FALSE(flagsWith({"--stage", "dev"}, kFile).stage_choice.isOfFile());
  EXPECT_FALSE(flagsWith({"-s", "dev"}, kFile).stage_choice.isOfFile());
  EXPECT_FALSE(flagsWith({}, "DYNAMODB_LOG_STAGE").stage_choice.isOfFile());
}

TEST(StageChoice, OfAFileIsNotChangedInAwsWithoutAQuestion) {
  ConnectionFlags flags = flagsWith({}, kFile);
  flags.region = "eu-north-1";
  flags.endpoint_url = "https://dynamodb.eu-north-1.amazonaws.com";
  try {
    confirmStage(flags, "append");  // the standard input of this test is no terminal
    FAIL() << "it went on";
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(),
                 "The stage dev comes from /home/ada/shop/.dynamodb-log.toml:1. To let append change it in AWS, name "
                 "it: --stage dev");
  }
}

TEST(StageChoice, NeedsNoQuestionOnThisMachineOrForAStageThatIsTyped) {
  ConnectionFlags here = flagsWith({}, kFile);
  here.endpoint_url = "http://localhost:8000";
  EXPECT_NO_THROW(confirmStage(here, "append"));
  ConnectionFlags typed = flagsWith({"--stage", "dev"}, kFile);
  typed.region = "eu-north-1";
  typed.endpoint_url = "https://dynamodb.eu-north-1.amazonaws.com";
  EXPECT_NO_THROW(confirmStage(typed, "append"));
  EXPECT_NO_THROW(confirmStage(flagsWith({"--stage", "local"}, kFile), "append"));
}

}  // namespace
}  // namespace ddblog::cli
