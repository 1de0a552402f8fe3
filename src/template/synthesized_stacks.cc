#include "template/synthesized_stacks.h"

#include <algorithm>
#include <string_view>

#include "template/template_error.h"

namespace ddblog::templates {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kStacks = 200;
constexpr std::string_view kEnd = ".template.json";

void addStacks(const fs::path& directory, std::vector<fs::path>& files) {
  std::vector<fs::path> stacks, stages;
  for (const auto& entry : fs::directory_iterator(directory)) {
    const fs::path& path = entry.path();
    if (isSynthesizedStack(path)) stacks.push_back(path);
    if (path.filename().string().starts_with("assembly-") && entry.is_directory()) stages.push_back(path);
  }
  std::ranges::sort(stacks);
  std::ranges::sort(stages);
  files.insert(files.end(), stacks.begin(), stacks.end());
  if (files.size() > kStacks) {
    throw TemplateError(directory.string() + " has more than " + std::to_string(kStacks) + " templates");
  }
  for (const fs::path& stage : stages) addStacks(stage, files);
}

}  // namespace

bool isSynthesizedStack(const fs::path& file) {
  const std::string name = file.filename().string();
  return name.ends_with(kEnd) && !name.ends_with(".nested.template.json");
}

std::string stackIn(const fs::path& file) {
  const std::string name = file.filename().string();
  return name.substr(0, name.find(kEnd));
}

std::vector<fs::path> synthesizedStacks(const fs::path& directory) {
  std::vector<fs::path> files;
  addStacks(directory, files);
  if (files.empty()) {
    throw TemplateError(directory.string() +
                        " has no *.template.json: run `cdk synth`, or name the file of a template");
  }
  return files;
}

}  // namespace ddblog::templates
