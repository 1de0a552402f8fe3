// Variables of the type `file`.
#include <algorithm>

#include "base/files.h"
#include "template/serverless/variables.h"

namespace ddblog::templates::serverless {

namespace {

namespace fs = std::filesystem;

bool isWithin(const fs::path& file, const fs::path& directory) {
  return std::mismatch(directory.begin(), directory.end(), file.begin(), file.end()).first == directory.end();
}

// Absolute, without dots and without a slash at its end.
fs::path wholePath(const fs::path& directory) {
  const fs::path path = fs::absolute(directory).lexically_normal();
  return path.has_filename() ? path : path.parent_path();
}

[[noreturn]] void refuse(const Place& place, const std::string& what) {
  throw TemplateError(place.text() + ": " + what);
}

}  // namespace

Variables::Found Variables::file(const VariableSource& source, const std::string& address, const Place& place) {
  if (!source.parameters || source.parameters->empty()) refuse(place, "${file()} needs the path of a file");
  std::string path = textOf((*source.parameters)[0], place);
  if (path.starts_with("~/")) {
    const auto home = environment_.find("HOME");
    if (home != environment_.end()) path = home->second + path.substr(1);
  }
  const fs::path directory = wholePath(directory_);
  const fs::path file = (directory / path).lexically_normal();
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) return std::nullopt;
  if (!isWithin(file, directory))
    notes_.add(place, "reads " + file.string() + ", which is outside the service's directory");
  if (!isScript(file)) {
    Tree* content = load(file, place);
    return copyOf(address.empty() ? content : descend(*content, address), place);
  }
  const std::string key = file.string() + ":" + address;
  if (const auto found = results_.find(key); found != results_.end()) return copyOf(&found->second, place);
  if (const auto found = failed_.find(key); found != failed_.end()) {
    return unreadable(place, file.string() + " failed: " + found->second);
  }
  try {
    const json::value value = scripts_.run({.directory = directory,
                                            .file = file,
                                            .expression = {},
                                            .address = address,
                                            .options = scriptOptions(),
                                            .environment = environment_,
                                            .modules_stand_in = usesStandIns(),
                                            .time = kScriptTime},
                                           [this](const std::string& variable) { return evaluate(variable); });
    for (const std::string& module : scripts_.takeMissingModules()) {
      notes_.add(place, "the module " + module + ", which " + file.filename().string() +
                            " reads, is not there: what it gives has no value");
    }
    return copyOf(&results_.emplace(key, treeOf(value, place)).first->second, place);
  } catch (const std::exception& e) {
    failed_.emplace(key, e.what());
    return unreadable(place, file.string() + " failed: " + e.what());
  }
}

// A file without a value: a note says why, and what stands in for it.
Variables::Found Variables::unreadable(const Place& place, const std::string& why) {
  if (!usesStandIns()) refuse(place, why);
  notes_.add(place, why);
  return std::nullopt;
}

Tree* Variables::load(const fs::path& file, const Place& place) {
  if (const auto found = files_.find(file); found != files_.end()) return &found->second;
  if (files_.size() >= kFilesRead) refuse(place, "the variables name too many files");
  std::string text;
  try {
    text = readFile(file, kFileBytes);
  } catch (const std::exception& e) {
    refuse(place, e.what());
  }
  countResolved(text.size(), place);
  const std::string end = file.extension().string();
  const bool is_tree = end == ".yml" || end == ".yaml" || end == ".json" || end == ".tfstate";
  const fs::path directory = wholePath(directory_);
  const std::string shown = (directory_ / file.lexically_relative(directory)).lexically_normal().string();
  const Place first_line{std::make_shared<const std::string>(shown), 1};
  Tree tree = is_tree ? parseTree(text, shown) : textTree(text, first_line);
  if (delimiters_) useUsualDelimiters(tree, *delimiters_);
  return &files_.emplace(file, std::move(tree)).first->second;
}

json::object Variables::scriptOptions() const {
  json::object options;
  for (const auto& [name, value] : inputs_.given) options[name] = value;
  if (inputs_.is_stage_given) options["stage"] = inputs_.stage;
  options["region"] = inputs_.region;
  return options;
}

}  // namespace ddblog::templates::serverless
