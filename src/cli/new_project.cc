#include "cli/new_project.h"

#include <span>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include "base/embedded_file.h"
#include "base/files.h"

namespace ddblog::cli {

extern const std::span<const EmbeddedFile> kCppProject;
extern const std::span<const EmbeddedFile> kNodeProject;
extern const std::span<const EmbeddedFile> kPythonProject;
extern const std::span<const EmbeddedFile> kNodeLibrary;
extern const std::span<const EmbeddedFile> kPythonLibrary;
extern const std::string_view kPythonLibraryLicence;

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kName = "@NAME@";

std::string replaceName(std::string_view text, const std::string& name) {
  std::string result;
  for (;;) {
    const std::size_t found = text.find(kName);
    result += text.substr(0, found);
    if (found == std::string_view::npos) return result;
    result += name;
    text.remove_prefix(found + kName.size());
  }
}

// What a project is made of.
class Files {
 public:
  explicit Files(fs::path directory) : directory_(std::move(directory)) {}

  void write(const fs::path& path, std::string_view text) {
    const fs::path file = directory_ / path;
    fs::create_directories(file.parent_path());
    writeFile(file, text);
    if (text.starts_with("#!")) fs::permissions(file, fs::perms(0755));
  }
  void writeLibrary(const fs::path& below, std::span<const EmbeddedFile> files) {
    for (const EmbeddedFile& file : files) write(below / file.path, file.text);
  }
  void link(const fs::path& path, const fs::path& target) {
    fs::create_directories((directory_ / path).parent_path());
    fs::create_directory_symlink(target, directory_ / path);
  }
  void removeAll() const noexcept {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(directory_, ignored)) fs::remove_all(entry.path(), ignored);
  }

 private:
  const fs::path directory_;
};

std::span<const EmbeddedFile> projectIn(const std::string& language) {
  if (language == "node") return kNodeProject;
  return language == "python" ? kPythonProject : kCppProject;
}

void checkDirectory(const fs::path& directory) {
  if (!fs::exists(directory)) return;
  if (!fs::is_directory(directory)) throw std::invalid_argument(directory.string() + " is not a directory");
  if (!fs::is_empty(directory)) {
    throw std::invalid_argument("The directory " + directory.string() + " is not empty: name a new one");
  }
}

}  // namespace

std::string projectName(const fs::path& directory) {
  fs::path path = fs::absolute(directory).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  std::string name;
  for (const char c : path.filename().string()) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool is_digit = c >= '0' && c <= '9';
    if (is_letter || (is_digit && !name.empty())) {
      name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
  }
  while (name.ends_with('-')) name.pop_back();
  // Not the library's own name, which would shadow it.
  return name.empty() || name == "dynamodb-log" ? "orders" : name;
}

std::vector<std::string> makeProject(const fs::path& directory, const std::string& language) {
  checkDirectory(directory);
  const std::string name = projectName(directory);
  fs::create_directories(directory);
  Files files(directory);
  std::vector<std::string> own;
  try {
    for (const EmbeddedFile& file : projectIn(language)) {
      const std::string path = file.path == "gitignore" ? ".gitignore" : std::string(file.path);
      files.write(path, replaceName(file.text, name));
      own.push_back(path);
    }
    if (language == "node") {
      files.writeLibrary("vendor/dynamodb-log", kNodeLibrary);
      files.link("node_modules/dynamodb-log", "../vendor/dynamodb-log");
    } else if (language == "python") {
      files.writeLibrary("src", kPythonLibrary);
      files.write("src/dynamodb_log/LICENSE", kPythonLibraryLicence);
    }
  } catch (...) {
    files.removeAll();
    throw;
  }
  return own;
}

}  // namespace ddblog::cli
