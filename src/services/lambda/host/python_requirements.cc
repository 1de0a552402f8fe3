#include "services/lambda/host/python_requirements.h"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <set>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/text.h"

namespace ddblog::lambda {

// python_modules.txt, embedded by cmake/embed.cmake.
extern const std::string_view kPythonModules;

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kRequirementFiles = 100;
constexpr std::size_t kRequirementBytes = 1u << 20;
constexpr std::string_view kNameCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";  // of PEP 508

// In lower case, with underscores for '-' and '.': "ruamel.yaml" and "ruamel-yaml" are the same.
std::string normalized(std::string_view name) {
  std::string result = lowerCase(name);
  std::ranges::replace_if(
      result, [](char c) { return c == '-' || c == '.'; }, '_');
  return result;
}

// "google_cloud" in "google_cloud_storage".
bool startsWithWords(std::string_view text, std::string_view words) {
  return text.starts_with(words) && (text.size() == words.size() || text[words.size()] == '_');
}

// The words of a line that are separated by single spaces.
std::vector<std::string_view> wordsOf(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(' '), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

// The modules of a well-known package; empty: it is none.
std::vector<std::string_view> knownModules(std::string_view package) {
  for (std::string_view rest = kPythonModules; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::vector<std::string_view> words = wordsOf(rest.substr(0, end));
    if (!words.empty() && words[0] == package) return {words.begin() + 1, words.end()};
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return {};
}

// Both are normalized.
bool hasModule(std::string_view package, std::string_view module) {
  if (const std::vector<std::string_view> known = knownModules(package); !known.empty()) {
    return std::ranges::any_of(known, [module](std::string_view one) { return startsWithWords(one, module); });
  }
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{"", "py", "py_", "python_"}, [&](std::string_view prefix) {
        return package.starts_with(prefix) && startsWithWords(package.substr(prefix.size()), module);
      });
}

// Whether a marker as "sys_platform == 'win32'" says that the package is for another system than Linux.
bool isForOtherSystem(std::string_view marker) {
  const std::string text = lowerCase(marker);
  const auto has = [&text](const char* part) { return text.find(part) != std::string::npos; };
  if (!has("sys_platform") && !has("platform_system") && !has("os_name")) return false;
  if (has(" or ") || has(" not ")) return false;
  if (has("!=")) return has("linux") || has("posix");
  return has("==") && !has("linux") && !has("posix");
}

// The name in the last part of a path or address: "name-1.0-py3-none-any.whl", "name-1.0.tar.gz", "name.git@v1".
std::string_view nameInAddress(std::string_view address) {
  address = address.substr(0, address.find_first_of("#?"));
  while (address.ends_with('/')) address.remove_suffix(1);
  std::string_view last = address.substr(address.rfind('/') + 1);
  if (const std::size_t at = last.find('@'); at != std::string_view::npos) last = last.substr(0, at);
  if (last.ends_with(".git")) return last.substr(0, last.size() - 4);
  if (last.ends_with(".whl")) return last.substr(0, last.find('-'));
  for (std::size_t dash = last.find('-'); dash != std::string_view::npos; dash = last.find('-', dash + 1)) {
    if (dash + 1 < last.size() && std::isdigit(static_cast<unsigned char>(last[dash + 1]))) return last.substr(0, dash);
  }
  return last;
}

class Search {
 public:
  Search(fs::path directory, const std::string& module)
      : directory_(std::move(directory)), module_(normalized(module)), top_(module.substr(0, module.find('.'))) {}

  bool find(const fs::path& file) {
    if (read_.size() >= kRequirementFiles || !read_.insert(file.lexically_normal()).second) return false;
    std::string text;
    try {
      text = readFile(file, kRequirementBytes);
    } catch (const std::runtime_error&) {  // pip says what is wrong with it
      return false;
    }
    std::string_view rest = text;
    if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
    for (std::string line; !rest.empty();) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      line += trim(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (line.ends_with('\\') && !rest.empty()) {
        line.back() = ' ';
        continue;
      }
      if (isBroughtBy(line, file.parent_path())) return true;
      line.clear();
    }
    return false;
  }

 private:
  // `folder`: of the file. Files of "-r" are beside it; directories are found from the first file's directory, as
  // pip runs there.
  bool isBroughtBy(std::string_view line, const fs::path& folder) {
    if (line.starts_with('#')) return false;
    line = trim(line.substr(0, std::min(line.find(" #"), line.size())));
    if (const auto file = argument(line, "-r", "--requirement"); !file.empty()) return find(folder / file);
    if (const auto source = argument(line, "-e", "--editable"); !source.empty()) return isBroughtBySource(source);
    if (line.empty() || line.starts_with('-')) return false;
    const std::size_t marker = line.find("://") == std::string_view::npos ? line.find(';') : line.find(" ;");
    if (marker != std::string_view::npos) {
      if (isForOtherSystem(line.substr(marker))) return false;
      line = trim(line.substr(0, marker));
    }
    if (line.empty()) return false;
    const std::size_t end = std::min(line.find_first_not_of(kNameCharacters), line.size());
    const std::string_view after = trim(line.substr(end));
    const bool is_wheel = after.empty() && line.ends_with(".whl");
    const bool is_name = std::isalnum(static_cast<unsigned char>(line[0])) != 0 && !after.starts_with('/') &&
                         !after.starts_with(':') && !after.starts_with('+') && !is_wheel;
    return is_name ? hasModule(normalized(line.substr(0, end)), module_) : isBroughtBySource(line);
  }

  // What comes after an option: "-r FILE", "-rFILE", "--requirement=FILE". Empty: it is another line.
  static std::string argument(std::string_view line, std::string_view brief, std::string_view full) {
    if (line.starts_with(full)) {
      line.remove_prefix(full.size());
    } else if (line.starts_with(brief) && !line.starts_with("--")) {
      line.remove_prefix(brief.size());
    } else {
      return "";
    }
    if (line.starts_with('=')) line.remove_prefix(1);
    return std::string(trim(line));
  }

  // A directory, an archive, or a repository.
  bool isBroughtBySource(std::string_view source) const {
    constexpr std::string_view kEgg = "#egg=";
    if (const std::size_t egg = source.find(kEgg); egg != std::string_view::npos) {
      const std::string_view name = source.substr(egg + kEgg.size());
      return hasModule(normalized(name.substr(0, name.find_first_not_of(kNameCharacters))), module_);
    }
    if (source.find("://") == std::string_view::npos) {
      if (source.starts_with("file:")) source.remove_prefix(5);
      const fs::path path = directory_ / std::string(source.substr(0, source.find('[')));
      if (isDirectory(path)) return isIn(path) || isIn(path / "src");
    }
    return hasModule(normalized(nameInAddress(source)), module_);
  }

  bool isIn(const fs::path& directory) const {
    return isDirectory(directory / top_) || isFile(directory / (top_ + ".py"));
  }

  const fs::path directory_;
  const std::string module_;  // normalized
  const std::string top_;     // "google" of "google.cloud", as it is written
  std::set<fs::path> read_;
};

}  // namespace

bool mayBring(const fs::path& requirements, const std::string& module) {
  return Search(requirements.parent_path(), module).find(requirements);
}

}  // namespace ddblog::lambda
