#include "template/serverless/service_file.h"

#include <unistd.h>

#include <algorithm>

#include "base/files.h"
#include "template/template_error.h"

namespace ddblog::templates::serverless {

bool hasServiceEnd(const std::filesystem::path& file) {
  return std::ranges::find(kServiceEnds, file.extension().string()) != kServiceEnds.end();
}

// The variables that a script asks for become texts, too: they have values when all of the tree is there.
Tree readServiceFile(const std::filesystem::path& file, const std::map<std::string, std::string>& environment,
                     Scripts& scripts, bool modules_stand_in) {
  if (!isScript(file)) return parseTree(readFile(file, kServiceBytes), file.string());
  const std::filesystem::path whole = std::filesystem::absolute(file);
  try {
    const json::value value =
        scripts.run({.directory = whole.parent_path(),
                     .file = whole,
                     .expression = {},
                     .address = {},
                     .options = {},
                     .environment = environment,
                     .modules_stand_in = modules_stand_in,
                     .time = kScriptTime},
                    [](const std::string& variable) { return json::value("${" + variable + "}"); });
    return treeOf(value, {std::make_shared<const std::string>(file.string()), 1});
  } catch (const std::exception& e) {
    throw TemplateError(file.string() + ": " + e.what());
  }
}

std::map<std::string, std::string> processEnvironment() {
  std::map<std::string, std::string> variables;
  for (char** variable = environ; *variable; ++variable) {
    const std::string_view text = *variable;
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos) variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

}  // namespace ddblog::templates::serverless
