#include "cli/options/settings.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <sstream>
#include <stdexcept>
#include <toml.hpp>

#include "aws/endpoint.h"
#include "base/files.h"
#include "cli/terminal/suggestion.h"
#include "ddblog/errors.h"

namespace ddblog::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = 64u << 10;  // ours
constexpr std::ptrdiff_t kMostBrackets = 100;  // ours: the library reads nested arrays and tables recursively
constexpr int kLargestPort = 65535;

// Throws std::invalid_argument.
void checkValue(const std::string& name, const std::string& value) {
  if (value.empty()) throw std::invalid_argument(name + " is empty");
  if (name == "port") {
    int port = -1;
    const auto [rest, error] = std::from_chars(value.data(), value.data() + value.size(), port);
    if (error != std::errc() || rest != value.data() + value.size() || port < 0 || port > kLargestPort) {
      throw std::invalid_argument("port must be a number from 0 to 65535, not '" + value + "'");
    }
  }
  const std::vector<std::string> outputs = {"table", "text", "json", "jsonl"};
  if (name == "output" && std::ranges::find(outputs, value) == outputs.end()) {
    throw std::invalid_argument("output must be table, text, json or jsonl, not '" + value + "'");
  }
  if (name == "endpoint-url") aws::parseEndpoint(value);
}

// A file comes with other people's repositories: it must not send events and credentials to their servers.
void checkIsHere(const std::string& url) {
  if (aws::parseEndpoint(url).isLoopback()) return;
  throw std::invalid_argument("endpoint-url must be of this machine, like http://localhost:9000, not '" + url +
                              "'; name another host with --endpoint-url or DYNAMODB_LOG_ENDPOINT_URL");
}

void checkName(const std::string& name) {
  const std::vector<std::string>& names = settingNames();
  if (std::ranges::find(names, name) != names.end()) return;
  const auto nearest = nearestTo(name, names);
  std::string known;
  for (const std::string& one : names) known += (known.empty() ? "" : ", ") + one;
  throw std::invalid_argument("unknown key '" + name + "'; " +
                              (nearest ? "did you mean '" + *nearest + "'?" : "the keys are " + known));
}

std::string textOf(const toml::value& value) {
  if (value.is_string()) return value.as_string().str;
  if (value.is_integer()) return std::to_string(value.as_integer());
  throw std::invalid_argument("the value must be a string or a number");
}

bool isPath(const std::string& name) { return name == "template" || name == "data"; }

Setting settingOf(const std::string& name, const toml::value& value, const fs::path& file, const fs::path& directory) {
  const std::string place = file.string() + ":" + std::to_string(value.location().line());
  try {
    checkName(name);
    Setting setting{textOf(value), place};
    checkValue(name, setting.value);
    if (name == "endpoint-url") checkIsHere(setting.value);
    if (isPath(name) && file.parent_path() != directory && fs::path(setting.value).is_relative()) {
      setting.value = (file.parent_path() / setting.value).lexically_normal().string();
    }
    return setting;
  } catch (const std::invalid_argument& error) {
    throw ConfigurationError(place + ": " + error.what());
  }
}

void readFileInto(Settings& settings, const fs::path& file, const fs::path& directory) {
  try {
    const std::string text = readFile(file, kMostBytes);
    if (std::ranges::count_if(text, [](char c) { return c == '[' || c == '{'; }) > kMostBrackets) {
      throw ConfigurationError(file.string() + ": values are nested too deeply; a line is like stage = \"dev\"");
    }
    std::istringstream in(text);
    const toml::value document = toml::parse(in, file.string());
    for (const auto& [name, value] : document.as_table()) {
      settings[name] = settingOf(name, value, file, directory);
    }
  } catch (const toml::exception& error) {
    const std::string text = error.what();
    throw ConfigurationError(file.string() + ":" + std::to_string(error.location().line()) +
                             ": this is not TOML: " + text.substr(0, text.find('\n')));
  } catch (const ConfigurationError&) {
    throw;
  } catch (const std::exception& error) {
    throw ConfigurationError(file.string() + " cannot be read: " + error.what());
  }
}

bool isIn(const fs::path& directory, const fs::path& above) {
  const auto [rest, end] = std::mismatch(above.begin(), above.end(), directory.begin(), directory.end());
  return rest == above.end();
}

// Whether the file is the user's, the system's, or of whoever owns the directory: other users may write to a directory
// above, like /tmp.
bool isTrusted(const fs::path& file, const fs::path& directory) {
  struct stat of_file = {};
  struct stat of_directory = {};
  if (::stat(file.c_str(), &of_file) != 0 || ::stat(directory.c_str(), &of_directory) != 0) return false;
  return of_file.st_uid == ::geteuid() || of_file.st_uid == 0 || of_file.st_uid == of_directory.st_uid;
}

// The last directory in which the file is looked for.
fs::path lastDirectory(const fs::path& directory, const aws::Environment& environment) {
  std::error_code unreadable;
  for (fs::path path = directory;; path = path.parent_path()) {
    if (fs::exists(path / ".git", unreadable)) return path;
    if (path == path.root_path()) break;
  }
  const auto home = environment("HOME");
  return home && isIn(directory, fs::path(*home).lexically_normal()) ? fs::path(*home).lexically_normal() : directory;
}

}  // namespace

const std::vector<std::string>& settingNames() {
  static const std::vector<std::string> names = {"stage",    "region", "profile", "endpoint-url",
                                                 "template", "data",   "port",    "output"};
  return names;
}

std::string settingVariable(const std::string& name) {
  std::string variable = "DYNAMODB_LOG_";
  for (const char c : name) variable += c == '-' ? '_' : static_cast<char>(c - 'a' + 'A');
  return variable;
}

std::optional<fs::path> findSettingsFile(const fs::path& directory, const aws::Environment& environment) {
  const fs::path last = lastDirectory(directory, environment);
  for (fs::path path = directory;; path = path.parent_path()) {
    if (isFile(path / kSettingsFile) && isTrusted(path / kSettingsFile, directory)) return path / kSettingsFile;
    if (path == last || path == path.root_path()) return std::nullopt;
  }
}

Settings readSettings(const fs::path& directory, const aws::Environment& environment) {
  Settings settings;
  if (const auto file = findSettingsFile(directory, environment)) readFileInto(settings, *file, directory);
  for (const std::string& name : settingNames()) {
    const std::string variable = settingVariable(name);
    const auto value = environment(variable);
    if (!value) continue;
    try {
      checkValue(name, *value);
    } catch (const std::invalid_argument& error) {
      throw ConfigurationError(variable + ": " + error.what());
    }
    settings[name] = {*value, variable};
  }
  return settings;
}

}  // namespace ddblog::cli
