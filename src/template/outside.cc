#include "template/outside.h"

#include <fstream>
#include <sstream>

#include "base/json_fields.h"
#include "template/yaml.h"

namespace ddblog::templates {

namespace {

constexpr std::uintmax_t kTemplateBytes = 1u << 20;

std::string storedText(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : jsonText(value);
}

}  // namespace

std::string readTextFile(const std::filesystem::path& file) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(file, error);
  if (error) throw TemplateError("cannot read " + file.string() + ": " + error.message());
  if (size > kTemplateBytes) throw TemplateError(file.string() + " is larger than 1 MB");
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) throw TemplateError("cannot read " + file.string());
  return text.str();
}

std::map<std::string, std::string> readStoredValues(const std::filesystem::path& file) {
  const json::value tree = parseYaml(readTextFile(file), file.string());
  if (!tree.is_object()) throw TemplateError(file.string() + ": must be a map of names and values");
  std::map<std::string, std::string> stored;
  const json::value* listed = tree.get_object().if_contains("Parameters");
  if (listed && listed->is_array()) {
    for (const json::value& parameter : listed->get_array()) {
      if (!parameter.is_object()) throw TemplateError(file.string() + ": Parameters must be a list of maps");
      stored[textOf(parameter.get_object(), "Name")] = textOf(parameter.get_object(), "Value");
    }
    return stored;
  }
  for (const auto& member : tree.get_object()) stored[std::string(member.key())] = storedText(member.value());
  return stored;
}

}  // namespace ddblog::templates
