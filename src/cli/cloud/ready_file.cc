#include "cli/cloud/ready_file.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "base/files.h"
#include "base/json.h"
#include "base/json_writer.h"

namespace ddblog::cli {
namespace {

constexpr std::size_t kLargestFile = 1u << 20;

int portOf(const std::string& url) { return std::stoi(url.substr(url.rfind(':') + 1)); }

std::string contentOf(const offline::OfflineOptions& options, const offline::OfflineSummary& summary) {
  std::string content;
  JsonWriter json(content);
  json.beginObject().key("url").value(summary.urls.front()).key("urls").beginArray();
  for (const std::string& url : summary.urls) json.value(url);
  json.endArray().key("ports").beginArray();
  for (const std::string& url : summary.urls) json.value(portOf(url));
  json.endArray().key("pid").value(static_cast<int>(getpid())).key("dataDirectory");
  options.in_memory ? json.null() : json.value(std::filesystem::absolute(options.data).string());
  json.endObject();
  return content + "\n";
}

// Whose file it is; std::nullopt: it does not say.
std::optional<pid_t> processIn(const std::filesystem::path& file) {
  try {
    return static_cast<pid_t>(parseJson(readFile(file, kLargestFile)).at("pid").as_int64());
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

bool isOfAnother(const std::filesystem::path& file) {
  const auto process = processIn(file);
  return process && *process > 0 && *process != getpid() && (kill(*process, 0) == 0 || errno == EPERM);
}

}  // namespace

ReadyFile::ReadyFile(std::filesystem::path file) : file_(std::move(file)) {
  std::error_code error;
  if (std::filesystem::is_regular_file(file_, error) && !isOfAnother(file_)) std::filesystem::remove(file_, error);
  if (error && error != std::errc::no_such_file_or_directory)
    throw std::runtime_error("--ready-file: " + file_.string() + ": " + error.message());
}

ReadyFile::~ReadyFile() {
  std::error_code ignored;
  if (is_written_ && processIn(file_) == getpid()) std::filesystem::remove(file_, ignored);
}

void ReadyFile::write(const offline::OfflineOptions& options, const offline::OfflineSummary& summary) {
  if (file_.empty()) return;
  std::filesystem::path partial = file_;
  partial += ".partial";
  try {
    writeFile(partial, contentOf(options, summary));
    std::filesystem::rename(partial, file_);
    is_written_ = true;
  } catch (const std::exception& error) {
    std::error_code ignored;
    std::filesystem::remove(partial, ignored);
    throw std::runtime_error("--ready-file: " + file_.string() + " cannot be written: " + error.what());
  }
}

}  // namespace ddblog::cli
