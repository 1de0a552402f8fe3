#include "cli/new_file.h"

#include <stdexcept>
#include <system_error>
#include <utility>

#include "base/files.h"

namespace ddblog::cli {

NewFile::NewFile(std::filesystem::path file) : file_(std::move(file)), partial_(file_.string() + ".partial") {
  std::error_code unknown;
  if (std::filesystem::exists(std::filesystem::symlink_status(file_, unknown))) {
    throw std::invalid_argument("The file " + file_.string() + " exists: name a new one");
  }
  out_.open(partial_, std::ios::binary | std::ios::trunc);
  check();
}

NewFile::~NewFile() {
  if (is_finished_) return;
  std::error_code ignored;
  std::filesystem::remove(partial_, ignored);
}

void NewFile::check() const {
  if (!out_) throw std::runtime_error("The file " + file_.string() + " cannot be written");
}

void NewFile::finish() {
  out_.close();
  check();
  syncFile(partial_);
  std::filesystem::rename(partial_, file_);
  is_finished_ = true;
}

}  // namespace ddblog::cli
