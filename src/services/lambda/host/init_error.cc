#include "services/lambda/host/init_error.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>

#include "base/json.h"
#include "base/json_fields.h"
#include "services/lambda/host/python_requirements.h"

namespace ddblog::lambda {

namespace {

namespace fs = std::filesystem;

// The text between `begin` and `end`; empty if either is missing.
std::string between(std::string_view text, std::string_view begin, std::string_view end) {
  const std::size_t at = text.find(begin);
  if (at == std::string_view::npos) return "";
  text.remove_prefix(at + begin.size());
  const std::size_t length = text.find(end);
  return length == std::string_view::npos ? "" : std::string(text.substr(0, length));
}

// The nearest directory, from `directory` upwards, that contains the file.
std::optional<fs::path> nearestWith(const fs::path& directory, const char* file) {
  std::error_code ignored;
  for (fs::path at = fs::absolute(directory).lexically_normal();; at = at.parent_path()) {
    if (fs::is_regular_file(at / file, ignored)) return at;
    if (at == at.parent_path()) return std::nullopt;
  }
}

// What to do about a module that is missing.
struct Advice {
  std::string line;
  bool awaits_install = false;  // the project declares the package, so somebody is going to install it
};

Advice advice(const std::string& module, const std::string& command, const fs::path& directory, bool awaits_install) {
  fs::path shown = directory.lexically_normal();
  if (!shown.has_filename()) shown = shown.parent_path();  // without a trailing slash
  return {"the module " + module + " is not installed: run \"" + command + "\" in " + shown.string(), awaits_install};
}

// "@scope/name/file" is part of "@scope/name", "name/file" of "name".
std::string packageOf(const std::string& specifier) {
  std::size_t end = specifier.find('/');
  if (specifier.starts_with('@') && end != std::string::npos) end = specifier.find('/', end + 1);
  return specifier.substr(0, end);
}

bool declares(const fs::path& manifest, const std::string& package) {
  std::ifstream in(manifest, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  try {
    const json::value parsed = parseJson(text);
    if (!parsed.is_object()) return false;
    for (const char* kind : {"dependencies", "optionalDependencies", "peerDependencies", "devDependencies"}) {
      const json::object* packages = objectOf(parsed.get_object(), kind);
      if (packages && packages->if_contains(package)) return true;
    }
  } catch (const std::invalid_argument&) {  // npm reports what is wrong with the file
    return true;
  }
  return false;
}

// The nearest directory, from `directory` upwards, whose package.json declares the package.
std::optional<fs::path> nearestThatDeclares(const fs::path& directory, const std::string& package) {
  for (auto at = nearestWith(directory, "package.json"); at; at = nearestWith(at->parent_path(), "package.json")) {
    if (declares(*at / "package.json", package)) return at;
    if (*at == at->parent_path()) break;
  }
  return std::nullopt;
}

// Whether Node.js looks for the package in a directory that is there: then only a part of it is missing.
bool isInstalled(const fs::path& directory, const std::string& package) {
  std::error_code ignored;
  for (fs::path at = fs::absolute(directory).lexically_normal();; at = at.parent_path()) {
    if (fs::exists(at / "node_modules" / package, ignored)) return true;
    if (at == at.parent_path()) return false;
  }
}

// "Cannot find package 'x' imported from …" (import) or "Cannot find module 'x'" (require). A name
// that begins with a dot or a slash is a file of the function.
std::optional<Advice> adviceForNode(const Function& function, std::string_view message) {
  std::string specifier = between(message, "Cannot find package '", "'");
  if (specifier.empty()) specifier = between(message, "Cannot find module '", "'");
  if (specifier.empty() || specifier[0] == '.' || specifier[0] == '/') return std::nullopt;
  const std::string package = packageOf(specifier);
  if (const auto directory = nearestThatDeclares(function.code_directory, package)) {
    return advice(package, fs::exists(*directory / "package-lock.json") ? "npm ci" : "npm install", *directory,
                  !isInstalled(function.code_directory, package));
  }
  const auto nearest = nearestWith(function.code_directory, "package.json");
  return advice(package, "npm install " + package, nearest.value_or(fs::absolute(function.code_directory)), false);
}

// "No module named 'x.y'": a module that is not a file of the function.
std::optional<Advice> adviceForPython(const Function& function, std::string_view message) {
  const std::string named = between(message, "No module named '", "'");
  const std::string module = named.substr(0, named.find('.'));
  const std::string own = function.handler.substr(0, function.handler.find_first_of("./"));
  if (module.empty() || module == own || fs::exists(function.code_directory / module) ||
      fs::exists(function.code_directory / (module + ".py"))) {
    return std::nullopt;
  }
  const auto directory = nearestWith(function.code_directory, "requirements.txt");
  if (!directory) return advice(module, "pip install " + module, fs::absolute(function.code_directory), false);
  return advice(module, "pip install -r requirements.txt", *directory,
                mayBring(*directory / "requirements.txt", named));
}

std::optional<Advice> adviceFor(const Function& function, const json::object& error) {
  if (textOf(error, "errorType") != "Runtime.ImportModuleError" || !function.code.sha256.empty()) return std::nullopt;
  const std::string message = textOf(error, "errorMessage");
  if (function.runtime.starts_with("nodejs")) return adviceForNode(function, message);
  if (function.runtime.starts_with("python")) return adviceForPython(function, message);
  return std::nullopt;
}

// std::nullopt: a custom runtime may report errors in any form.
std::optional<json::object> errorIn(std::string_view payload) {
  try {
    json::value parsed = parseJson(payload);
    if (parsed.is_object()) return std::move(parsed.as_object());
  } catch (const std::invalid_argument&) {  // it is no JSON
  }
  return std::nullopt;
}

// Frames of the runtime itself, which say nothing about the function.
bool isRuntimeFrame(std::string_view frame) {
  return frame.find("/bootstrap.mjs") != std::string_view::npos ||
         frame.find("/preload.cjs") != std::string_view::npos || frame.find("node:internal") != std::string_view::npos;
}

void appendFrames(const json::object& error, std::vector<std::string>& lines) {
  const std::string first_line = lines.front();
  for (const char* member : {"trace", "stackTrace"}) {
    const json::value* frames = memberOf(error, member);
    if (!frames || !frames->is_array()) continue;
    for (const json::value& frame : frames->get_array()) {
      if (!frame.is_string() || isRuntimeFrame(std::string_view(frame.get_string()))) continue;
      std::string_view rest = frame.get_string();
      while (!rest.empty()) {  // a Python frame has several lines
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        if (end > 0 && !first_line.ends_with(rest.substr(0, end))) lines.emplace_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    }
  }
}

}  // namespace

std::vector<std::string> describeInitError(const Function& function, std::string_view payload) {
  const std::optional<json::object> error = errorIn(payload);
  if (!error) return {"could not start: " + std::string(payload)};
  if (const auto advice = adviceFor(function, *error)) return {advice->line};
  const std::string type = textOf(*error, "errorType");
  std::string message = textOf(*error, "errorMessage");
  // The request id is meaningless here and would make each line look new.
  constexpr std::string_view kBeforeError = " Error: ";
  if (const std::size_t at = message.find(kBeforeError);
      message.starts_with("RequestId: ") && at != std::string::npos) {
    message.erase(0, at + kBeforeError.size());
  }
  std::vector<std::string> lines = {"could not start: " + type + ": " + message};
  appendFrames(*error, lines);
  return lines;
}

bool lacksPackages(const Function& function, std::string_view payload) {
  const std::optional<json::object> error = errorIn(payload);
  if (!error) return false;
  const std::optional<Advice> advice = adviceFor(function, *error);
  return advice && advice->awaits_install;
}

}  // namespace ddblog::lambda
