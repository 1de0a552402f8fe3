#include "deploy/package/esbuild.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/files.h"
#include "base/json_fields.h"
#include "base/system_paths.h"
#include "base/text.h"
#include "deploy/package/package_error.h"
#include "deploy/package/program.h"

namespace ddblog::deploy {

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::minutes kBundleTime{5};

// A property of BuildProperties, and the option that it is.
struct Option {
  enum class Kind { kFlag, kText, kEach, kList, kPairs };
  std::string_view property, option;
  Kind kind;
};
constexpr std::array kOptions = {Option{"Minify", "--minify", Option::Kind::kFlag},
                                 Option{"Sourcemap", "--sourcemap", Option::Kind::kFlag},
                                 Option{"KeepNames", "--keep-names", Option::Kind::kFlag},
                                 Option{"SourcesContent", "--sources-content", Option::Kind::kText},
                                 Option{"Target", "--target", Option::Kind::kText},
                                 Option{"Format", "--format", Option::Kind::kText},
                                 Option{"MainFields", "--main-fields", Option::Kind::kList},
                                 Option{"External", "--external", Option::Kind::kEach},
                                 Option{"Loader", "--loader", Option::Kind::kPairs},
                                 Option{"OutExtension", "--out-extension", Option::Kind::kPairs},
                                 Option{"Banner", "--banner", Option::Kind::kPairs}};

std::string textOf(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_array() || value.is_object()) throw PackageError("a value of BuildProperties must be a text");
  return json::serialize(value);
}

std::vector<std::string> textsOf(const json::value& value) {
  if (!value.is_array()) return {textOf(value)};
  std::vector<std::string> texts;
  for (const json::value& element : value.get_array()) texts.push_back(textOf(element));
  return texts;
}

// Pairs are a map, or a list of ".png=dataurl".
std::vector<std::string> pairsOf(const json::value& value) {
  if (!value.is_object()) return textsOf(value);
  std::vector<std::string> pairs;
  for (const auto& member : value.get_object())
    pairs.push_back(std::string(member.key()) + "=" + textOf(member.value()));
  return pairs;
}

void addOption(const Option& option, const json::value& value, std::vector<std::string>& arguments) {
  const std::string name(option.option);
  switch (option.kind) {
    case Option::Kind::kFlag:
      if (textOf(value) == "true") arguments.push_back(name);
      return;
    case Option::Kind::kText:
      arguments.push_back(name + "=" + textOf(value));
      return;
    case Option::Kind::kEach:
      for (const std::string& text : textsOf(value)) arguments.push_back(name + ":" + text);
      return;
    case Option::Kind::kPairs:
      for (const std::string& pair : pairsOf(value)) arguments.push_back(name + ":" + pair);
      return;
    case Option::Kind::kList:
      arguments.push_back(name + "=" + joined(textsOf(value), ","));
      return;
  }
}

fs::path esbuildOf(const fs::path& code, const fs::path& project) {
  const fs::path last = fs::absolute(project).lexically_normal();
  for (fs::path directory = fs::absolute(code).lexically_normal();; directory = directory.parent_path()) {
    const fs::path program = directory / "node_modules" / ".bin" / "esbuild";
    std::error_code unknown;
    if (fs::exists(program, unknown)) return program;
    if (directory == last || directory == directory.parent_path()) break;
  }
  throw PackageError(
      "its BuildMethod is esbuild, which the project does not have: run `npm install --save-dev esbuild`");
}

// "src/users" of the handler "src/users.handler" becomes the file that is there.
std::string entryPointOf(const fs::path& code, const std::string& handler) {
  const std::string module = handler.substr(0, handler.rfind('.'));
  for (const char* end : {".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".jsx"}) {
    if (isFile(code / (module + end))) return module + end;
  }
  throw PackageError("there is no " + (code / module).string() + ".ts for the handler " + handler);
}

std::string reasonOf(const std::string& output) {
  const std::size_t found = output.find("[ERROR] ");
  if (found == std::string::npos) return lastLine(output);
  return std::string(trim(output.substr(found + 8, output.find('\n', found) - found - 8)));
}

}  // namespace

Bundle::~Bundle() {
  std::error_code ignored;
  if (!directory_.empty()) fs::remove_all(directory_, ignored);
}

std::vector<std::string> esbuildArguments(const std::string& entry_point, const std::string& runtime,
                                          const json::object& properties) {
  std::vector<std::string> arguments = {"--bundle", "--platform=node", "--log-level=warning", "--color=false"};
  const json::value* entries = properties.if_contains("EntryPoints");
  if (entries) {
    for (const std::string& entry : textsOf(*entries)) arguments.push_back(entry);
  } else {
    arguments.push_back(entry_point);
  }
  for (const auto& [name, value] : properties) {
    if (name == "EntryPoints") continue;
    const auto option = std::ranges::find(kOptions, std::string_view(name), &Option::property);
    if (option == kOptions.end()) throw PackageError("BuildProperties: " + std::string(name) + " is not known");
    addOption(*option, value, arguments);
  }
  if (!properties.contains("Minify")) arguments.push_back("--minify");
  // "nodejs22.x" is node22.
  if (!properties.contains("Target")) arguments.push_back("--target=node" + runtime.substr(6, runtime.find('.') - 6));
  return arguments;
}

Bundle bundled(const fs::path& code, const fs::path& project_directory, const std::string& handler,
               const std::string& runtime, const json::object& properties,
               const std::function<bool()>& is_interrupted) {
  const fs::path program = esbuildOf(code, project_directory);
  const std::string entry = properties.contains("EntryPoints") ? "" : entryPointOf(code, handler);
  std::string name = (temporaryDirectory() / "dynamodb-log-bundle-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw PackageError("cannot write to " + temporaryDirectory().string());
  Bundle bundle(name);
  ProgramRun run{.arguments = {program.string()},
                 .directory = fs::absolute(code),
                 .time = kBundleTime,
                 .is_interrupted = is_interrupted};
  for (std::string& argument : esbuildArguments(entry, runtime, properties))
    run.arguments.push_back(std::move(argument));
  run.arguments.push_back("--outdir=" + name);
  // Without it the result of src/users.ts is users.js, which is what the handler "users.handler" wants.
  if (handler.find('/') != std::string::npos) run.arguments.push_back("--outbase=.");
  const ProgramResult result = runProgram(run);
  if (result.status != 0) throw PackageError("esbuild: " + reasonOf(result.output));
  return bundle;
}

}  // namespace ddblog::deploy
