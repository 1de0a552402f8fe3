#include "aws/credentials/profile_files.h"

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "aws/limits.h"
#include "base/text.h"

namespace ddblog::aws {

namespace {

// Comments: "value # why" and "value ; why". The blank is required, because keys and secrets
// contain these characters.
std::string_view withoutComment(std::string_view value) {
  for (std::size_t i = 1; i < value.size(); ++i) {
    if ((value[i] == '#' || value[i] == ';') && (value[i - 1] == ' ' || value[i - 1] == '\t')) {
      return trim(value.substr(0, i));
    }
  }
  return value;
}

// Normalises blanks and quotes: `profile "my one"` and `profile   one` are `profile my one` and
// `profile one`.
std::string sectionName(std::string_view header) {
  header = trim(header);
  const std::size_t blank = header.find_first_of(" \t");
  if (blank == std::string_view::npos) return std::string(header);
  std::string_view name = trim(header.substr(blank));
  if (name.size() >= 2 && (name.front() == '"' || name.front() == '\'') && name.back() == name.front()) {
    name = name.substr(1, name.size() - 2);
  }
  return std::string(header.substr(0, blank)) + ' ' + std::string(name);
}

std::string readFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return {};
  std::string text(limits::kConfigFileBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > limits::kConfigFileBytes) throw std::runtime_error(path + " is larger than 1 MiB");
  return text;
}

std::string pathOf(const Environment& environment, const std::string& variable, const std::string& file) {
  const std::string home = environment("HOME").value_or("");
  const auto named = environment(variable);
  if (!named) return home + "/.aws/" + file;
  return named->starts_with("~/") ? home + named->substr(1) : *named;
}

template <class Sections>
std::optional<std::string> look(const Sections& sections, const std::string& section, const std::string& key) {
  const auto found = sections.find(section);
  if (found == sections.end()) return std::nullopt;
  const auto value = found->second.find(key);
  if (value == found->second.end() || value->second.empty()) return std::nullopt;
  return value->second;
}

}  // namespace

ProfileFiles ProfileFiles::load(const Environment& environment, const std::string& profile) {
  std::string name = profile;
  if (name.empty()) name = environment("AWS_PROFILE").value_or("");
  if (name.empty()) name = environment("AWS_DEFAULT_PROFILE").value_or("");
  const bool asked_for = !name.empty();
  ProfileFiles files = parse(readFile(pathOf(environment, "AWS_CONFIG_FILE", "config")),
                             readFile(pathOf(environment, "AWS_SHARED_CREDENTIALS_FILE", "credentials")), name);
  if (asked_for && !files.hasProfile())
    throw std::runtime_error("The config profile (" + name + ") could not be found");
  return files;
}

ProfileFiles ProfileFiles::parse(std::string_view config_text, std::string_view credentials_text,
                                 const std::string& profile) {
  ProfileFiles files;
  if (!profile.empty()) files.profile_ = profile;
  files.config_ = parseIni(config_text);
  files.credentials_ = parseIni(credentials_text);
  return files;
}

ProfileFiles::Sections ProfileFiles::parseIni(std::string_view text) {
  Sections sections;
  Section* section = nullptr;
  std::string outer;  // the valueless key that indented lines belong to
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::string_view content = trim(line);
    if (content.empty() || content.front() == '#' || content.front() == ';') continue;
    if (content.front() == '[') {
      section = &sections[sectionName(content.substr(1, content.find(']') - 1))];
      outer.clear();
      continue;
    }
    const std::size_t equals = content.find('=');
    if (!section || equals == std::string_view::npos) continue;
    const std::string key(trim(content.substr(0, equals)));
    const std::string value(withoutComment(trim(content.substr(equals + 1))));
    const bool indented = line.front() == ' ' || line.front() == '\t';
    if (indented && !outer.empty()) {
      section->insert_or_assign(outer + '.' + key, value);
    } else {
      outer = value.empty() ? key : "";
      section->insert_or_assign(key, value);
    }
  }
  return sections;
}

std::string ProfileFiles::configSection() const {
  if (profile_ == "default" && !config_.contains("profile default")) return "default";
  return "profile " + profile_;
}

bool ProfileFiles::hasProfile() const { return config_.contains(configSection()) || credentials_.contains(profile_); }

ProfileFiles ProfileFiles::of(const std::string& profile) const {
  ProfileFiles other = *this;
  other.profile_ = profile;
  return other;
}

std::optional<std::string> ProfileFiles::fromSsoSession(const std::string& name, const std::string& key) const {
  return look(config_, "sso-session " + name, key);
}

std::optional<std::string> ProfileFiles::fromConfig(const std::string& key) const {
  return look(config_, configSection(), key);
}

std::optional<std::string> ProfileFiles::fromCredentials(const std::string& key) const {
  return look(credentials_, profile_, key);
}

std::optional<std::string> ProfileFiles::fromServices(const std::string& service, const std::string& key) const {
  const auto name = fromConfig("services");
  if (!name) return std::nullopt;
  return look(config_, "services " + *name, service + '.' + key);
}

}  // namespace ddblog::aws
