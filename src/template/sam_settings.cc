#include "template/sam_settings.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/text.h"
#include "template/outside.h"
#include "template/template_error.h"
#include "template/yaml.h"

namespace ddblog::templates {

namespace {

namespace fs = std::filesystem;

struct Settings {
  fs::path file;
  std::string text;
};

std::optional<Settings> settingsIn(const fs::path& directory) {
  for (const char* name : {"samconfig.toml", "samconfig.yaml", "samconfig.yml"}) {
    const fs::path file = (directory / name).lexically_normal();
    if (!isFile(file)) continue;
    try {
      return Settings{file, readTextFile(file)};
    } catch (const TemplateError&) {
      return std::nullopt;  // it has nothing that anyone could take
    }
  }
  return std::nullopt;
}

// "infra/template.yaml" of the line `template_file = "infra/template.yaml"  # where it is`; empty: another key.
std::string valueInToml(std::string_view line, std::string_view key) {
  if (!line.starts_with(key)) return "";
  line = trim(line.substr(key.size()));
  if (!line.starts_with('=')) return "";
  line = trim(line.substr(1));
  if (line.empty() || (line[0] != '"' && line[0] != '\'')) return "";
  const std::size_t end = line.find(line[0], 1);
  return end == std::string_view::npos ? "" : std::string(line.substr(1, end - 1));
}

std::vector<std::string> templatesInToml(std::string_view text) {
  std::vector<std::string> found;
  bool is_default = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with('[')) is_default = line.starts_with("[default.");
    for (const char* key : {"template_file", "template"}) {
      if (std::string value = is_default ? valueInToml(line, key) : ""; !value.empty()) found.push_back(value);
    }
  }
  return found;
}

std::vector<std::string> templatesInYaml(const std::string& text) {
  std::vector<std::string> found;
  Findings ignored;
  const Node document = parseTemplateText(text, ignored.addFile("samconfig.yaml"), ignored);
  const Node* commands = document.given("default");
  if (!commands) return found;
  for (const Node::Member& command : commands->members) {
    const Node* parameters = command.value.given("parameters");
    for (const char* key : {"template_file", "template"}) {
      const Node* value = parameters ? parameters->given(key) : nullptr;
      if (value && value->isScalar()) found.push_back(value->text);
    }
  }
  return found;
}

// The settings for a template: those beside it, or of a directory above that name it.
std::optional<Settings> settingsFor(const fs::path& file) {
  fs::path directory = file.has_parent_path() ? file.parent_path() : ".";
  if (directory.filename() == "build" && directory.parent_path().filename() == ".aws-sam") directory /= "../..";
  std::optional<Settings> settings = settingsIn(directory);
  while (!settings && directory.has_relative_path() && directory != ".") {
    directory = directory.has_parent_path() ? directory.parent_path() : ".";
    const std::optional<fs::path> named = templateOfSamSettings(directory);
    if (named && named->lexically_normal() == file.lexically_normal()) settings = settingsIn(directory);
  }
  return settings;
}

}  // namespace

std::optional<fs::path> templateOfSamSettings(const fs::path& directory) {
  const std::optional<Settings> settings = settingsIn(directory);
  if (!settings) return std::nullopt;
  std::vector<std::string> named;
  try {
    named = settings->file.extension() == ".toml" ? templatesInToml(settings->text) : templatesInYaml(settings->text);
  } catch (const TemplateError&) {
    return std::nullopt;
  }
  // `sam deploy` names what `sam build` made: what that was made of goes before it.
  std::optional<fs::path> built;
  for (const std::string& one : named) {
    if (!isFile(directory / one)) continue;
    if (!fs::path(one).lexically_normal().string().starts_with(".aws-sam/")) return directory / one;
    built = directory / one;
  }
  return built;
}

void noteSamParameters(const fs::path& file, Findings& findings) {
  const std::optional<Settings> settings = settingsFor(file);
  if (!settings || settings->text.find("parameter_overrides") == std::string::npos) return;
  findings.note({}, "the parameter_overrides of " + settings->file.string() +
                        " are not read: --parameter NAME=VALUE gives a parameter its value");
}

}  // namespace ddblog::templates
