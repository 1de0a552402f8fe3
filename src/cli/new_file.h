// A file that a command writes: it has its name only when it is complete. Until then it is FILE.partial, which an error
// removes; after a crash it stays, and the next attempt replaces it.
//
// Errors: std::invalid_argument if the file exists, std::runtime_error if it cannot be written. Thread safety: none.
#pragma once

#include <filesystem>
#include <fstream>
#include <ostream>

namespace ddblog::cli {

class NewFile {
 public:
  explicit NewFile(std::filesystem::path file);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  std::ostream& stream() { return out_; }
  // Throws if something that was written to the stream is not in the file: a full disk, say.
  void check() const;
  // Makes the content durable, and gives the file its name.
  void finish();

 private:
  const std::filesystem::path file_;
  const std::filesystem::path partial_;
  std::ofstream out_;
  bool is_finished_ = false;
};

}  // namespace ddblog::cli
