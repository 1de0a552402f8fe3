// Versions of streams that exist, so that an append after one of them need not read it again.
//
// At most 10,000 streams; then it forgets all of them. Forgetting costs a read, nothing else.
// Thread safety: all methods may be called from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "base/thread_annotations.h"

namespace ddblog {

class KnownVersions {
 public:
  void remember(const std::string& pk, std::uint64_t version) {
    MutexLock lock(mutex_);
    if (versions_.size() >= kStreams && !versions_.contains(pk)) versions_.clear();
    std::uint64_t& known = versions_[pk];
    if (known < version) known = version;
  }

  void forget() {
    MutexLock lock(mutex_);
    versions_.clear();
  }

  // Whether version `version` of the stream is known to exist.
  bool covers(const std::string& pk, std::uint64_t version) const {
    MutexLock lock(mutex_);
    const auto found = versions_.find(pk);
    return found != versions_.end() && found->second >= version;
  }

 private:
  static constexpr std::size_t kStreams = 10'000;
  mutable Mutex mutex_;
  std::unordered_map<std::string, std::uint64_t> versions_ GUARDED_BY(mutex_);
};

}  // namespace ddblog
