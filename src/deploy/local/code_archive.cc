#include "deploy/local/code_archive.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "deploy/local/service_calls.h"
#include "deploy/package/package_error.h"
#include "deploy/package/zip_writer.h"

namespace ddblog::deploy {

namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kArchiveBytes = 50u << 20;

std::string readArchive(const fs::path& file, const std::string& function) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(file, error);
  if (error) throw ProvisionError("function " + function + ": cannot read " + file.string() + ": " + error.message());
  if (size > kArchiveBytes) throw ProvisionError("function " + function + ": " + file.string() + " is over 50 MB");
  std::ifstream in(file, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  if (!in) throw ProvisionError("function " + function + ": cannot read " + file.string());
  return bytes.str();
}

// Whether a line begins with `import` or `export`, as in an ES module.
bool isModule(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("import ") || line.starts_with("import{") || line.starts_with("export ")) return true;
  }
  return false;
}

std::string moduleName(const templates::App::Function& function) {
  if (function.runtime.starts_with("python")) return "index.py";
  if (function.runtime.starts_with("nodejs")) return isModule(function.inline_code) ? "index.mjs" : "index.js";
  throw ProvisionError("function " + function.name + ": the runtime " + function.runtime +
                       " takes no code in the template");
}

std::string archiveOfModule(const templates::App::Function& function) {
  try {
    return zipOfText(moduleName(function), function.inline_code);
  } catch (const PackageError& e) {
    throw ProvisionError("function " + function.name + ": " + e.what());
  }
}

}  // namespace

std::string codeArchive(const templates::App::Function& function) {
  if (!function.code_archive.empty()) return readArchive(function.code_archive, function.name);
  if (function.inline_code.empty()) return "";
  return archiveOfModule(function);
}

}  // namespace ddblog::deploy
