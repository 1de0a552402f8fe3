// The unpacked code of functions and layers that were uploaded as archives: a directory for each
// archive that a process uses; and that of archives which are files, because they were not built yet
// when their template was read.
//
// An archive is unpacked when a process needs it, and its directory is removed with the last one that
// does. So the directories need not outlive the cloud; the archives are in the store.
// Thread safety: all methods may be called from any thread; one archive is unpacked at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>

#include "base/thread_annotations.h"
#include "services/lambda/functions/function.h"

namespace ddblog::lambda {

// A function's code is not there: somebody has to build it first.
class NotBuilt : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Whether a function's code directory is such a file.
bool isArchive(const std::filesystem::path& code_directory);

class UnpackedCode {
 public:
  using Directory = std::shared_ptr<const std::filesystem::path>;
  using ReadCode = std::function<std::string(const Code&)>;  // an archive from the store

  UnpackedCode(std::filesystem::path parent, ReadCode read) : parent_(std::move(parent)), read_(std::move(read)) {}

  // Reads from another store from now on. When this returns, the former `read` is not running any more.
  void readBy(ReadCode read);

  // The archive's directory, as long as somebody has the pointer. Throws std::runtime_error.
  Directory get(const Code& code);
  // The same of a file, as it is now: an archive that was written anew has a new directory.
  Directory get(const std::filesystem::path& archive);

 private:
  Directory unpack(const std::string& key, const std::function<std::string()>& read) REQUIRES(mutex_);

  const std::filesystem::path parent_;
  Mutex mutex_;
  ReadCode read_ GUARDED_BY(mutex_);
  std::map<std::string, std::weak_ptr<const std::filesystem::path>> directories_ GUARDED_BY(mutex_);  // by key
  std::uint64_t last_number_ GUARDED_BY(mutex_) = 0;
};

}  // namespace ddblog::lambda
