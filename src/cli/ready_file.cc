#include "cli/ready_file.h"

#include <unistd.h>

#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "base/files.h"
#include "base/json_writer.h"

namespace ddblog::cli {
namespace {

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

}  // namespace

ReadyFile::ReadyFile(std::filesystem::path file) : file_(std::move(file)) {
  std::error_code error;
  if (!file_.empty()) std::filesystem::remove(file_, error);
  if (error) throw std::runtime_error("--ready-file: " + file_.string() + ": " + error.message());
}

ReadyFile::~ReadyFile() {
  std::error_code ignored;
  if (!file_.empty()) std::filesystem::remove(file_, ignored);
}

void ReadyFile::write(const offline::OfflineOptions& options, const offline::OfflineSummary& summary) {
  if (file_.empty()) return;
  std::filesystem::path partial = file_;
  partial += ".partial";
  try {
    writeFile(partial, contentOf(options, summary));
    std::filesystem::rename(partial, file_);
  } catch (const std::exception& error) {
    throw std::runtime_error("--ready-file: " + file_.string() + " cannot be written: " + error.what());
  }
}

}  // namespace ddblog::cli
