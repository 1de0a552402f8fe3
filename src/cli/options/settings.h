// Defaults of options that one would otherwise repeat, from a file and from the environment:
//
//   # .dynamodb-log.toml, in this directory or above it
//   stage = "dev"                             not of `offline` and `validate`
//   region = "eu-north-1"
//   profile = "work"                          not of the stage "local"
//   endpoint-url = "http://localhost:9000"    of the offline cloud, which is the stage "local"; of this machine
//   template = "app/template.yaml"            relative to the file, and so is `data`
//   data = ".dynamodb-log"
//   port = 9000                               of the offline cloud
//   output = "jsonl"                          table, text, json or jsonl, where a command has it
//
// The variable of `endpoint-url` is DYNAMODB_LOG_ENDPOINT_URL, and so on. An option on the command line wins over the
// variable, and the variable over the file. The file is looked for up to the directory of the git repository (that has
// `.git`), or else up to the home directory; outside of both, only in the directory itself.
//
// Errors: ConfigurationError with one line that names the place. Thread safety: a value type; readSettings reads the
// environment.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "aws/environment.h"

namespace ddblog::cli {

inline constexpr const char* kSettingsFile = ".dynamodb-log.toml";

struct Setting {
  std::string value;
  std::string source;  // "/home/…/.dynamodb-log.toml:3", "DYNAMODB_LOG_STAGE"
};

// By the name of the option: "endpoint-url".
using Settings = std::map<std::string, Setting>;

// `directory`: where the program was started.
Settings readSettings(const std::filesystem::path& directory, const aws::Environment& environment);

// std::nullopt: there is none, or only another user's. That counts in a directory of the same user.
std::optional<std::filesystem::path> findSettingsFile(const std::filesystem::path& directory,
                                                      const aws::Environment& environment);

// The names of all settings.
const std::vector<std::string>& settingNames();
std::string settingVariable(const std::string& name);  // "endpoint-url" -> "DYNAMODB_LOG_ENDPOINT_URL"

}  // namespace ddblog::cli
