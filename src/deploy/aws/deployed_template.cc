#include "deploy/aws/deployed_template.h"

#include <vector>

#include "base/files.h"
#include "deploy/package/package_error.h"
#include "template/synthesized_stacks.h"
#include "template/template_error.h"

namespace ddblog::deploy {

namespace {

namespace fs = std::filesystem;

constexpr const char* kManifest = "manifest.json";
constexpr const char* kStage = "assembly-";  // how the directory of a stage begins

std::vector<fs::path> stacksIn(const fs::path& directory) {
  try {
    return templates::synthesizedStacks(directory);
  } catch (const templates::TemplateError& e) {
    throw PackageError(e.what());
  }
}

// The cdk.out that a directory is, or whose stage it is; empty: none.
fs::path synthesizedBy(fs::path directory) {
  while (directory.filename().string().starts_with(kStage) && isFile(directory.parent_path() / kManifest)) {
    directory = directory.parent_path();
  }
  return isFile(directory / kManifest) ? directory : fs::path();
}

}  // namespace

fs::path deployedTemplate(const fs::path& given) {
  if (!isDirectory(given)) return given;
  const std::vector<fs::path> stacks = stacksIn(given);
  if (stacks.size() == 1) return stacks.front();
  std::string names;
  for (const fs::path& stack : stacks) names += (names.empty() ? "" : ", ") + templates::stackIn(stack);
  throw PackageError(given.string() + " has the stacks " + names + ": name one by its file (--template " +
                     stacks.front().string() + "). Deploy those first whose exports the others import");
}

std::string applicationName(const fs::path& given) {
  fs::path path = fs::absolute(given).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();  // "cdk.out/"
  const fs::path file = deployedTemplate(path);
  const fs::path directory = synthesizedBy(file.parent_path());
  if (directory.empty() || !templates::isSynthesizedStack(file)) return path.parent_path().filename().string();
  const std::string folder = directory.parent_path().filename().string();
  return stacksIn(directory).size() == 1 ? folder : folder + "-" + templates::stackIn(file);
}

}  // namespace ddblog::deploy
