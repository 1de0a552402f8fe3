#include "template/function_code.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/files.h"

namespace ddblog::templates {

namespace {

namespace fs = std::filesystem;

// CDK names the directory in the metadata, beside the code's place in S3.
std::string assetPath(const Node& declaration) {
  const Node* metadata = declaration.given("Metadata");
  const Node* path = metadata ? metadata->given("aws:asset:path") : nullptr;
  return path && path->isScalar() ? path->text : "";
}

bool isInS3(const Node& code) {
  if (code.isScalar()) return code.text.starts_with("s3://") || code.text.starts_with("https://");
  return code.find("S3Bucket") || code.find("Bucket") || code.find("S3Key");
}

// "src/app" of the handler "src/app.handler". Python's packages have points too; Node.js takes what is behind the
// first point of the file's name as the path of the function in the module.
std::string moduleOf(const App::Function& function) {
  if (!function.runtime.starts_with("nodejs")) return function.handler.substr(0, function.handler.rfind('.'));
  const std::size_t slash = function.handler.rfind('/');
  return function.handler.substr(0, function.handler.find('.', slash == std::string::npos ? 0 : slash));
}

// A note if the handler's module is not in the directory.
void checkModule(Reading& reading, const Resource& resource, const App::Function& function) {
  const std::string module = moduleOf(function);
  if ((module.empty() && !function.runtime.starts_with("provided")) ||
      reading.collected.checked_functions.contains(resource.logical_id))
    return;
  const auto note = [&](const std::string& what) {
    reading.findings.note(resource.properties.placeOf("Handler"), resource.logical_id + ": " + what);
  };
  const auto isThere = [&](std::initializer_list<const char*> ends) {
    return std::ranges::any_of(ends, [&](const char* end) { return isFile(function.code_directory / (module + end)); });
  };
  if (function.runtime.starts_with("nodejs")) {
    if (isThere({".js", ".mjs", ".cjs", "/index.js"})) return;
    if (isThere({".ts", ".mts", ".tsx"})) {
      return note("the handler is TypeScript: run `sam build` or your bundler, and start the built code");
    }
    return note("there is no module " + (function.code_directory / module).string() + ".js (not built yet?)");
  }
  if (function.runtime.starts_with("provided")) {
    if (::access((function.code_directory / "bootstrap").c_str(), X_OK) == 0) return;
    return note("there is no executable " + (function.code_directory / "bootstrap").string() +
                ": run `sam build` or your own build, and the function runs");
  }
  if (!function.runtime.starts_with("python")) return;
  std::string path = module;
  std::ranges::replace(path, '.', '/');
  if (isFile(function.code_directory / (path + ".py")) || isFile(function.code_directory / path / "__init__.py"))
    return;
  note("there is no module " + (function.code_directory / path).string() + ".py");
}

bool readPath(Reading& reading, const Resource& resource, App::Function& function, const std::string& uri) {
  const fs::path path = (reading.directory / uri).lexically_normal();
  const auto note = [&](const std::string& what) {
    reading.findings.note(resource.place(), resource.logical_id + ": " + what);
  };
  if (uri.ends_with(".jar")) {
    note(uri + " is a Java archive, which does not run offline");
    return false;
  }
  if (uri.ends_with(".zip") && isFile(path)) {
    function.code_archive = path;
    return true;
  }
  function.code_directory = isFile(path) ? path.parent_path() : path;
  if (!isDirectory(function.code_directory)) {
    note((uri.ends_with(".zip") ? "the code archive " : "the code directory ") + function.code_directory.string() +
         " does not exist (not built yet?): the function runs when it is there");
    return true;
  }
  checkModule(reading, resource, function);
  return true;
}

}  // namespace

bool readCode(Reading& reading, const Resource& resource, App::Function& function) {
  const Properties& properties = resource.properties;
  const Node* code = properties.find("InlineCode");
  if (const Node* given = properties.find("Code"); given && !code) code = given->given("ZipFile");
  if (code) {
    if (!code->isScalar()) throw TemplateError("Value of property ZipFile must be of type String", code->place);
    if (code->text.empty()) throw TemplateError("Please provide a source for function code.", code->place);
    function.inline_code = code->text;
    return true;
  }
  const std::string asset = assetPath(resource.declaration);
  if (!asset.empty()) return readPath(reading, resource, function, asset);
  const char* property = properties.has("CodeUri") ? "CodeUri" : "Code";
  code = properties.find(property);
  if (!code) return readPath(reading, resource, function, ".");
  if (isInS3(*code)) {
    reading.findings.note(properties.place().line ? code->place : resource.place(),
                          resource.logical_id + ": its code is in S3, which is not read: name a directory in CodeUri");
    return false;
  }
  if (!code->isScalar()) {
    throw TemplateError("Value of property " + std::string(property) + " must be of type String", code->place);
  }
  return readPath(reading, resource, function, code->text);
}

}  // namespace ddblog::templates
