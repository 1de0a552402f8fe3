#include "deploy/package/python_packages.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "base/digests.h"
#include "base/files.h"
#include "base/system_paths.h"
#include "base/text.h"
#include "deploy/package/file_content.h"
#include "deploy/package/file_list.h"
#include "deploy/package/package_error.h"
#include "deploy/package/program.h"

namespace ddblog::deploy {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kRequirementBytes = 1u << 20;
constexpr std::size_t kRequirementFiles = 100;
constexpr std::size_t kRecordBytes = 64u << 20;
constexpr std::chrono::minutes kInstallTime{10};
constexpr int kFirstOnAmazonLinux2023 = 12;  // python3.12; earlier ones run on Amazon Linux 2

int minorVersion(const std::string& runtime) {
  constexpr std::string_view kPython = "python3.";
  int minor = 0;
  if (runtime.starts_with(kPython)) {
    std::from_chars(runtime.data() + kPython.size(), runtime.data() + runtime.size(), minor);
  }
  return minor;
}

// The file or folder of this machine that a line names, as pip finds it; empty: none.
fs::path localPackage(std::string_view line, const fs::path& directory) {
  for (const std::string_view option : {"--editable", "-e"}) {
    if (!line.starts_with(option)) continue;
    line = trim(line.substr(option.size()));
    if (line.starts_with('=')) line.remove_prefix(1);
    break;
  }
  if (line.starts_with('-')) return {};
  if (const std::size_t url = line.find("file:"); url != std::string_view::npos) {
    line = line.substr(url + 5);
    if (line.starts_with("//")) line.remove_prefix(2);
  }
  line = trim(line.substr(0, std::min({line.find(" #"), line.find(" ;"), line.find('['), line.find('#')})));
  std::error_code unknown;
  fs::path path = directory / std::string(line);
  const bool looks_like_path = line.starts_with('.') || line.find('/') != std::string_view::npos ||
                               line.ends_with(".whl") || line.ends_with(".zip") || line.ends_with(".gz");
  return !line.empty() && looks_like_path && fs::exists(path, unknown) ? path : fs::path();
}

// "src/lib.py", or all files of a folder.
std::string digestOf(const fs::path& path) {
  if (isDirectory(path)) return contentKey(filesBelow(path, Exclusions()));
  return contentKey({fileAs(path, path.filename().string())});
}

// The text of a file of requirements and of those that it includes, and the digests of what they name on this
// machine. pip looks for that from `directory`.
void addRequirements(const fs::path& file, const fs::path& directory, std::set<fs::path>& read, std::string& text) {
  if (!read.insert(file.lexically_normal()).second) return;
  if (read.size() > kRequirementFiles) throw PackageError(file.string() + ": more than 100 files of requirements");
  std::string content;
  try {
    content = readFile(file, kRequirementBytes);
  } catch (const std::runtime_error& e) {
    throw PackageError(e.what());
  }
  text += content + "\n";
  std::istringstream lines(content);
  for (std::string line; std::getline(lines, line);) {
    const std::string_view trimmed = trim(line);
    if (const fs::path local = localPackage(trimmed, directory); !local.empty()) text += digestOf(local) + "\n";
    for (const std::string_view option : {"--requirement", "--constraint", "-r", "-c"}) {
      if (!trimmed.starts_with(option)) continue;
      std::string_view name = trimmed.substr(option.size());
      if (!name.empty() && name[0] == '=') name.remove_prefix(1);
      addRequirements(file.parent_path() / std::string(trim(name.substr(0, name.find(" #")))), directory, read, text);
      break;
    }
  }
}

fs::path cacheDirectory() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value ? value : "");
  };
  if (const std::string cache = variable("XDG_CACHE_HOME"); cache.starts_with("/")) return fs::path(cache);
  if (const std::string home = variable("HOME"); !home.empty()) return fs::path(home) / ".cache";
  return temporaryDirectory();
}

// Beside the place where it will be kept, so that a rename moves it there.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(const fs::path& parent) {
    std::error_code error;
    fs::create_directories(parent, error);
    std::string name = (parent / "new-XXXXXX").string();
    if (error || !::mkdtemp(name.data())) throw PackageError("cannot write to " + parent.string());
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// What pip has written down about each package, without the scripts of it: they name the interpreter of this
// machine, and are not packed. So the packages are the same wherever they are installed.
void forgetScripts(const fs::path& packages) {
  std::error_code ignored;
  for (const auto& folder : fs::directory_iterator(packages, ignored)) {
    const fs::path record = folder.path() / "RECORD";
    if (folder.path().extension() != ".dist-info" || !isFile(record)) continue;
    std::istringstream lines(readFile(record, kRecordBytes));
    std::string kept;
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with("../../bin/")) kept += line + "\n";
    }
    std::ofstream out(record, std::ios::binary | std::ios::trunc);
    out << kept << std::flush;
    if (!out) throw PackageError("cannot write " + record.string());
  }
}

// pip's last line that says "ERROR", or else its last line.
std::string pipReason(const std::string& output) {
  const std::size_t found = output.rfind("ERROR: ");
  if (found == std::string::npos) return lastLine(output);
  return output.substr(found + 7, output.find('\n', found) - found - 7);
}

}  // namespace

std::vector<std::string> unpinnedRequirements(const fs::path& requirements) {
  std::set<fs::path> read;
  std::string text;
  addRequirements(requirements, requirements.parent_path(), read, text);
  std::vector<std::string> unpinned;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::string_view trimmed = trim(std::string_view(line).substr(0, std::min(line.find(" #"), line.size())));
    if (trimmed.starts_with("-c") || trimmed.starts_with("--constraint")) return {};
    const bool is_name = !trimmed.empty() && std::isalnum(static_cast<unsigned char>(trimmed.front())) != 0 &&
                         trimmed.find('/') == std::string_view::npos && trimmed.find('@') == std::string_view::npos;
    const bool is_digest =
        trimmed.size() == 64 && trimmed.find_first_not_of("0123456789abcdef") == std::string_view::npos;
    if (is_name && !is_digest && trimmed.find("==") == std::string_view::npos) unpinned.emplace_back(trimmed);
  }
  return unpinned;
}

std::vector<std::string> pipOptions(const PythonTarget& target) {
  const int minor = minorVersion(target.runtime);
  const std::string machine = target.architecture == "arm64" ? "aarch64" : "x86_64";
  std::vector<std::string> options = {"--no-compile", "--only-binary=:all:", "--implementation",
                                      "cp",           "--python-version",    "3." + std::to_string(minor)};
  const bool is_new = minor >= kFirstOnAmazonLinux2023;
  for (const std::string glibc : {is_new ? "manylinux_2_34_" : "manylinux_2_26_",
                                  is_new ? "manylinux_2_28_" : "manylinux_2_24_", "manylinux2014_"}) {
    options.insert(options.end(), {"--platform", glibc + machine});
  }
  return options;
}

fs::path pythonPackages(const fs::path& requirements, const PythonTarget& target,
                        const std::function<bool()>& is_interrupted) {
  if (minorVersion(target.runtime) == 0) {
    throw PackageError(requirements.string() + " cannot be installed for the runtime " + target.runtime);
  }
  const std::vector<std::string> options = pipOptions(target);
  std::string identity = "2\n";  // of how they are kept
  for (const std::string& option : options) identity += option + "\n";
  std::set<fs::path> read;
  addRequirements(requirements, requirements.parent_path(), read, identity);
  const fs::path parent = cacheDirectory() / "dynamodb-log" / "python";
  const fs::path kept = parent / sha256Hex(identity);
  if (isDirectory(kept)) return kept;

  const TemporaryFolder folder(parent);
  ProgramRun run{
      .arguments = {"python3", "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--quiet",
                    "--target", (folder.path() / "packages").string(), "-r", fs::absolute(requirements).string()},
      .directory = fs::absolute(requirements).parent_path(),
      .time = kInstallTime,
      .is_interrupted = is_interrupted};
  run.arguments.insert(run.arguments.end(), options.begin(), options.end());
  const ProgramResult result = runProgram(run);
  if (result.status != 0)
    throw PackageError("pip cannot install " + requirements.string() + ": " + pipReason(result.output));
  std::error_code ignored;
  fs::create_directories(folder.path() / "packages", ignored);  // of no requirements pip makes nothing
  forgetScripts(folder.path() / "packages");
  fs::remove_all(kept, ignored);
  fs::rename(folder.path() / "packages", kept, ignored);
  if (!isDirectory(kept)) throw PackageError("cannot write to " + parent.string());
  return kept;
}

}  // namespace ddblog::deploy
