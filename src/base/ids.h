// Random identifiers. The source is passed in so that tests can seed it.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "base/thread_annotations.h"

namespace ddblog {

class Ids {
 public:
  Ids();                             // seeded by the operating system
  explicit Ids(std::uint64_t seed);  // for tests: the same ids each time

  std::string uuid();       // version 4, lower case: "6f1c2b0e-…"
  std::string requestId();  // like DynamoDB's x-amzn-RequestId: 52 characters of A-Z and 0-9
  std::uint64_t number();   // 64 random bits

 private:
  Mutex mutex_;
  std::mt19937_64 engine_ GUARDED_BY(mutex_);
};

}  // namespace ddblog
