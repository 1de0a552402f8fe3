#include "template/sam_settings.h"

#include <algorithm>
#include <sstream>
#include <string_view>
#include <toml.hpp>

#include "base/files.h"
#include "base/text.h"
#include "template/outside.h"
#include "template/template_error.h"
#include "template/yaml.h"

namespace ddblog::templates {

namespace {

namespace fs = std::filesystem;

constexpr std::ptrdiff_t kMostBrackets = 1000;  // ours: the library reads nested arrays and tables recursively
constexpr std::string_view kOverrides = "parameter_overrides";

struct Settings {
  fs::path file;
  Node environments;
};

Node nodeOf(const toml::value& value) {
  if (value.is_table()) {
    Node map = Node::ofMap({});
    for (const auto& [name, member] : value.as_table()) map.add(name, nodeOf(member));
    std::ranges::sort(map.members, {}, &Node::Member::name);  // the library does not keep the order
    return map;
  }
  if (value.is_array()) {
    Node list(Node::Kind::kList, {});
    for (const toml::value& element : value.as_array()) list.elements.push_back(nodeOf(element));
    return list;
  }
  return Node::ofText(value.is_string() ? value.as_string().str : toml::format(value), {});
}

Node parsed(const fs::path& file) {
  const std::string text = readTextFile(file);
  if (file.extension() != ".toml") {
    Findings ignored;
    return parseTemplateText(text, ignored.addFile(file.string()), ignored);
  }
  if (std::ranges::count_if(text, [](char c) { return c == '[' || c == '{'; }) > kMostBrackets) return {};
  std::istringstream in(text);
  return nodeOf(toml::parse(in, file.string()));
}

std::optional<Settings> settingsIn(const fs::path& directory) {
  for (const char* name : {"samconfig.toml", "samconfig.yaml", "samconfig.yml"}) {
    const fs::path file = (directory / name).lexically_normal();
    if (!isFile(file)) continue;
    try {
      return Settings{file, parsed(file)};
    } catch (const std::exception&) {
      return std::nullopt;  // it has nothing that anyone could take
    }
  }
  return std::nullopt;
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

const Node* parametersOf(const Node& command) { return command.given("parameters"); }

const Node* overridesIn(const Settings& settings, const std::string& environment, const std::string& command) {
  const Node* commands = settings.environments.given(environment);
  const Node* section = commands ? commands->given(command) : nullptr;
  const Node* parameters = section ? parametersOf(*section) : nullptr;
  return parameters ? parameters->given(kOverrides) : nullptr;
}

bool hasOverrides(const Settings& settings) {
  return std::ranges::any_of(settings.environments.members, [&](const Node::Member& environment) {
    return std::ranges::any_of(environment.value.members, [](const Node::Member& command) {
      const Node* parameters = parametersOf(command.value);
      return parameters && parameters->given(kOverrides);
    });
  });
}

std::map<std::string, std::string> valuesOf(const Node& overrides) {
  std::map<std::string, std::string> values;
  if (overrides.isScalar()) return parameterOverrides(overrides.text);
  for (const Node& element : overrides.elements) values.merge(valuesOf(element));
  for (const Node::Member& member : overrides.members) {
    if (member.value.isScalar()) values.emplace(member.name, member.value.text);
  }
  return values;
}

// The next word, without the quotes around its parts.
std::string nextWord(std::string_view& text) {
  std::string word;
  char quote = 0;
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  while (!text.empty() && (quote != 0 || std::string_view(" \t\r\n").find(text[0]) == std::string_view::npos)) {
    const char c = text[0];
    text.remove_prefix(1);
    if (c == '\\' && quote != '\'' && !text.empty()) {
      word += text[0];
      text.remove_prefix(1);
    } else if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else {
      word += c;
    }
  }
  return word;
}

}  // namespace

std::optional<fs::path> templateOfSamSettings(const fs::path& directory) {
  const std::optional<Settings> settings = settingsIn(directory);
  const Node* commands = settings ? settings->environments.given("default") : nullptr;
  if (!commands) return std::nullopt;
  // `sam deploy` names what `sam build` made: what that was made of goes before it.
  std::optional<fs::path> built;
  for (const Node::Member& command : commands->members) {
    const Node* parameters = parametersOf(command.value);
    for (const char* key : {"template_file", "template"}) {
      const Node* named = parameters ? parameters->given(key) : nullptr;
      if (!named || !named->isScalar() || !isFile(directory / named->text)) continue;
      if (!fs::path(named->text).lexically_normal().string().starts_with(".aws-sam/")) return directory / named->text;
      built = directory / named->text;
    }
  }
  return built;
}

SamSections samSectionsHere(const std::string& stage) {
  SamSections sections{{"default"}, {"local_start_lambda", "local_start_api", "local_invoke", "global"}};
  if (!stage.empty()) sections.environments.insert(sections.environments.begin(), stage);
  return sections;
}

SamSections samSectionsForAws(const std::string& stage) { return {{stage}, {"deploy", "global"}}; }

std::map<std::string, std::string> samParameters(const fs::path& file, const Node& document,
                                                 const SamSections& sections,
                                                 const std::map<std::string, std::string>& given, Findings& findings) {
  const Node* declared = document.given("Parameters");
  const std::optional<Settings> settings = declared ? settingsFor(file) : std::nullopt;
  if (!settings) return {};
  for (const std::string& environment : sections.environments) {
    for (const std::string& command : sections.commands) {
      const Node* overrides = overridesIn(*settings, environment, command);
      if (!overrides) continue;
      std::map<std::string, std::string> values = valuesOf(*overrides);
      std::erase_if(values, [&](const auto& value) {
        return value.first == "Stage" || !declared->find(value.first) || given.contains(value.first);
      });
      std::string names;
      for (const auto& value : values) names += (names.empty() ? "" : ", ") + value.first;
      if (!names.empty()) {
        findings.note({}, "of " + settings->file.string() + ", [" + environment + "." + command +
                              ".parameters], come the values of " + names);
      }
      return values;
    }
  }
  if (given.empty() && hasOverrides(*settings)) {
    findings.note({}, "the parameter_overrides of " + settings->file.string() +
                          " are not read: --parameter NAME=VALUE gives a parameter its value");
  }
  return {};
}

std::map<std::string, std::string> parameterOverrides(const std::string& text) {
  constexpr std::string_view kKey = "ParameterKey=";
  constexpr std::string_view kValue = ",ParameterValue=";
  std::map<std::string, std::string> values;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string word = nextWord(rest);
    const std::size_t value = word.find(kValue);
    if (word.starts_with(kKey) && value != std::string::npos) {
      values[word.substr(kKey.size(), value - kKey.size())] = word.substr(value + kValue.size());
    } else if (const std::size_t equals = word.find('='); equals != std::string::npos) {
      values[word.substr(0, equals)] = word.substr(equals + 1);
    }
  }
  return values;
}

}  // namespace ddblog::templates
