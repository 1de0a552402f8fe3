// The version that a writer expects a stream to have.
//
// Thread safety: a value type.
#pragma once

#include <cstdint>
#include <string>

namespace ddblog {

class Expected {
 public:
  static Expected version(std::uint64_t version) { return Expected(Kind::kVersion, version); }  // of its last event
  static Expected none() { return Expected(Kind::kVersion, 0); }   // the stream does not exist
  static Expected exists() { return Expected(Kind::kExists, 0); }  // at any version from 1 on; lost races are retried
  static Expected any() { return Expected(Kind::kAny, 0); }        // at any version, or none; lost races are retried

  bool isExact() const { return kind_ == Kind::kVersion; }
  bool isAny() const { return kind_ == Kind::kAny; }
  std::uint64_t version() const { return version_; }  // if isExact(); 0: the stream does not exist

  // "version 3", "no stream", "an existing stream" or "any version"
  std::string text() const {
    if (kind_ == Kind::kAny) return "any version";
    if (kind_ == Kind::kExists) return "an existing stream";
    return version_ == 0 ? "no stream" : "version " + std::to_string(version_);
  }

 private:
  enum class Kind { kVersion, kExists, kAny };
  Expected(Kind kind, std::uint64_t version) : kind_(kind), version_(version) {}
  Kind kind_;
  std::uint64_t version_;
};

}  // namespace ddblog
