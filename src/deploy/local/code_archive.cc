#include "deploy/local/code_archive.h"

#include <minizip/zip.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/system_paths.h"
#include "deploy/local/service_calls.h"

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

// A file that is removed at the end.
class TemporaryFile {
 public:
  TemporaryFile() {
    std::string name = (temporaryDirectory() / "dynamodb-log-code-XXXXXX").string();
    const int descriptor = ::mkstemp(name.data());
    if (descriptor < 0) throw ProvisionError("cannot write to " + temporaryDirectory().string());
    ::close(descriptor);
    path_ = name;
  }
  ~TemporaryFile() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// An archive of one file, with a fixed time: the same text is the same archive.
std::string zipOf(const std::string& name, const std::string& text, const std::string& function) {
  const TemporaryFile file;
  zipFile zip = zipOpen64(file.path().c_str(), APPEND_STATUS_CREATE);
  zip_fileinfo info{};
  info.external_fa = 0100644u << 16;
  const bool is_written = zip &&
                          zipOpenNewFileInZip64(zip, name.c_str(), &info, nullptr, 0, nullptr, 0, nullptr, Z_DEFLATED,
                                                Z_DEFAULT_COMPRESSION, 0) == ZIP_OK &&
                          zipWriteInFileInZip(zip, text.data(), static_cast<unsigned>(text.size())) == ZIP_OK &&
                          zipCloseFileInZip(zip) == ZIP_OK;
  const bool is_closed = zip && zipClose(zip, nullptr) == ZIP_OK;
  if (!is_written || !is_closed)
    throw ProvisionError("function " + function + ": cannot write " + file.path().string());
  return readArchive(file.path(), function);
}

}  // namespace

std::string codeArchive(const templates::App::Function& function) {
  if (!function.code_archive.empty()) return readArchive(function.code_archive, function.name);
  if (function.inline_code.empty()) return "";
  return zipOf(moduleName(function), function.inline_code, function.name);
}

}  // namespace ddblog::deploy
