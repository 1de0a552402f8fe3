// The unpacked code of functions and layers that were uploaded as archives: a directory for each
// archive that a process uses.
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
#include <string>

#include "base/thread_annotations.h"
#include "services/lambda/functions/function.h"

namespace ddblog::lambda {

class UnpackedCode {
 public:
  using Directory = std::shared_ptr<const std::filesystem::path>;
  using ReadCode = std::function<std::string(const Code&)>;  // an archive from the store

  UnpackedCode(std::filesystem::path parent, ReadCode read) : parent_(std::move(parent)), read_(std::move(read)) {}

  // The archive's directory, as long as somebody has the pointer. Throws std::runtime_error.
  Directory get(const Code& code);

 private:
  const std::filesystem::path parent_;
  const ReadCode read_;
  Mutex mutex_;
  std::map<std::string, std::weak_ptr<const std::filesystem::path>> directories_ GUARDED_BY(mutex_);  // by SHA-256
  std::uint64_t last_number_ GUARDED_BY(mutex_) = 0;
};

}  // namespace ddblog::lambda
