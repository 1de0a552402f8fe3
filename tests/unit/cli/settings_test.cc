#include "cli/options/settings.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "ddblog/errors.h"

namespace ddblog::cli {
namespace {

namespace fs = std::filesystem;

class SettingsTest : public testing::Test {
 protected:
  SettingsTest() {
    std::string name = (fs::temp_directory_path() / "settings-XXXXXX").string();
    root_ = ::mkdtemp(name.data());
    fs::create_directories(root_ / "home/project/app");
    variables_["HOME"] = (root_ / "home").string();
  }
  ~SettingsTest() override { fs::remove_all(root_); }

  void write(const std::string& directory, const std::string& text) {
    std::ofstream(root_ / directory / kSettingsFile) << text;
  }
  Settings read(const std::string& directory) {
    return readSettings(root_ / directory, [this](const std::string& name) -> std::optional<std::string> {
      const auto found = variables_.find(name);
      return found == variables_.end() ? std::nullopt : std::optional(found->second);
    });
  }
  std::string errorOf(const std::string& text) {
    write("home/project", text);
    try {
      read("home/project");
    } catch (const ConfigurationError& error) {
      const std::string line = error.what();
      const std::string file = (root_ / "home/project" / kSettingsFile).string();
      return line.starts_with(file) ? line.substr(file.size()) : line;
    }
    return "no error";
  }

  fs::path root_;
  std::map<std::string, std::string> variables_;
};

TEST_F(SettingsTest, AreNoneWithoutAFileAndVariables) { EXPECT_TRUE(read("home/project").empty()); }

TEST_F(SettingsTest, ComeFromTheFileWithTheirPlace) {
  write("home/project", "# of the team\nstage = \"dev\"\nport = 9000\nendpoint-url = 'http://localhost:9000'\n");
  const Settings settings = read("home/project");
  EXPECT_EQ(settings.at("stage").value, "dev");
  EXPECT_TRUE(settings.at("stage").source.ends_with("/home/project/.dynamodb-log.toml:2"));
  EXPECT_EQ(settings.at("port").value, "9000");
  EXPECT_EQ(settings.at("endpoint-url").value, "http://localhost:9000");
}

TEST_F(SettingsTest, AVariableComesBeforeTheFile) {
  write("home/project", "stage = \"dev\"\nregion = \"eu-north-1\"\n");
  variables_["DYNAMODB_LOG_STAGE"] = "test";
  variables_["DYNAMODB_LOG_ENDPOINT_URL"] = "http://localhost:1";
  const Settings settings = read("home/project");
  EXPECT_EQ(settings.at("stage").value, "test");
  EXPECT_EQ(settings.at("stage").source, "DYNAMODB_LOG_STAGE");
  EXPECT_EQ(settings.at("region").value, "eu-north-1");
  EXPECT_EQ(settings.at("endpoint-url").value, "http://localhost:1");
}

TEST_F(SettingsTest, TheFileMayStandAboveUpToTheRepositoryOrHome) {
  write("", "stage = \"outside\"\n");
  EXPECT_TRUE(read("home/project/app").empty());
  write("home", "stage = \"home\"\n");
  EXPECT_EQ(read("home/project/app").at("stage").value, "home");
  fs::create_directory(root_ / "home/project/.git");
  EXPECT_TRUE(read("home/project/app").empty());
  write("home/project", "stage = \"project\"\n");
  EXPECT_EQ(read("home/project/app").at("stage").value, "project");
}

TEST_F(SettingsTest, OutsideOfBothOnlyTheDirectoryItselfCounts) {
  variables_.erase("HOME");
  write("home/project", "stage = \"project\"\n");
  EXPECT_TRUE(read("home/project/app").empty());
  EXPECT_EQ(read("home/project").at("stage").value, "project");
}

TEST_F(SettingsTest, AFileNamesNoOtherHost) {
  EXPECT_EQ(errorOf("endpoint-url = \"https://example.com\"\n"),
            ":1: endpoint-url must be of this machine, like http://localhost:9000, not 'https://example.com'; name "
            "another host with --endpoint-url or DYNAMODB_LOG_ENDPOINT_URL");
  EXPECT_EQ(errorOf("endpoint-url = \"localhost\"\n"), ":1: Invalid endpoint: localhost");
  EXPECT_EQ(errorOf("endpoint-url = \"http://127.0.0.1:9000\"\n"), "no error");
  variables_["DYNAMODB_LOG_ENDPOINT_URL"] = "http://cloud:9000";
  EXPECT_EQ(read("home/project").at("endpoint-url").value, "http://cloud:9000");
}

TEST_F(SettingsTest, AFileOfAnotherUserCountsInThatUsersDirectoryOnly) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  constexpr uid_t kOther = 12'345;
  write("home/project", "stage = \"theirs\"\n");
  ASSERT_EQ(::chown((root_ / "home/project" / kSettingsFile).c_str(), kOther, -1), 0);
  EXPECT_TRUE(read("home/project/app").empty());
  ASSERT_EQ(::chown((root_ / "home/project/app").c_str(), kOther, -1), 0);
  EXPECT_EQ(read("home/project/app").at("stage").value, "theirs");
}

TEST_F(SettingsTest, PathsAreRelativeToTheFile) {
  write("home/project", "template = \"app/template.yaml\"\ndata = \"/data\"\n");
  EXPECT_EQ(read("home/project").at("template").value, "app/template.yaml");
  EXPECT_EQ(read("home/project/app").at("template").value, (root_ / "home/project/app/template.yaml").string());
  EXPECT_EQ(read("home/project/app").at("data").value, "/data");
}

TEST_F(SettingsTest, WhatIsWrongIsNamedWithItsLine) {
  EXPECT_EQ(errorOf("\nstgae = \"dev\"\n"), ":2: unknown key 'stgae'; did you mean 'stage'?");
  EXPECT_EQ(
      errorOf("colour = \"red\"\n"),
      ":1: unknown key 'colour'; the keys are stage, region, profile, endpoint-url, template, data, port, output");
  EXPECT_EQ(errorOf("port = 70000\n"), ":1: port must be a number from 0 to 65535, not '70000'");
  EXPECT_EQ(errorOf("output = \"xml\"\n"), ":1: output must be table, text, json or jsonl, not 'xml'");
  EXPECT_EQ(errorOf("stage = true\n"), ":1: the value must be a string or a number");
  EXPECT_EQ(errorOf("stage = \"\"\n"), ":1: stage is empty");
  EXPECT_EQ(errorOf("stage = " + std::string(60'000, '[') + "\n"),
            ": values are nested too deeply; a line is like stage = \"dev\"");
  EXPECT_TRUE(errorOf("stage = \"dev\"\nport\n").starts_with(":2: this is not TOML: "))
      << errorOf("stage = \"dev\"\nport\n");
  fs::remove(root_ / "home/project" / kSettingsFile);
  variables_["DYNAMODB_LOG_PORT"] = "many";
  EXPECT_THROW(read("home/project"), ConfigurationError);
}

}  // namespace
}  // namespace ddblog::cli
