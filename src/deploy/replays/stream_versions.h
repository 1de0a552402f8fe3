// Which versions of which streams have arrived, and which are missing: a stream's versions are 1, 2, 3 … without a gap.
//
//   StreamVersions versions;
//   versions.add("users#42#stream", 1); versions.add("users#42#stream", 4);
//   versions.gaps("users#42#stream", 1)   // 2 to 3
//
// Versions are kept as ranges, so a stream that arrived whole costs one range, in whatever order. Its limits:
// limits::kReplayStreams and kReplayRanges; add() throws std::runtime_error beyond.
//
// Thread safety: none; const methods may be called from several threads at once.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "deploy/replays/limits.h"

namespace ddblog::replays {

// Both ends are part of it.
struct VersionRange {
  std::uint64_t first = 0, last = 0;
  bool operator==(const VersionRange&) const = default;
};

class StreamVersions {
 public:
  explicit StreamVersions(std::size_t most_streams = limits::kReplayStreams,
                          std::size_t most_ranges = limits::kReplayRanges)
      : most_streams_(most_streams), most_ranges_(most_ranges) {}

  // False: it was there already.
  bool add(const std::string& stream, std::uint64_t version);

  // Of a stream that has arrived in part at least.
  std::uint64_t lowest(const std::string& stream) const { return streams_.at(stream).front().first; }
  std::uint64_t highest(const std::string& stream) const { return streams_.at(stream).back().last; }
  // What is missing from `from` on, before its highest version.
  std::vector<VersionRange> gaps(const std::string& stream, std::uint64_t from) const;

  // In their order. Valid until the next add().
  std::vector<const std::string*> streams() const;

 private:
  const std::size_t most_streams_, most_ranges_;
  std::unordered_map<std::string, std::vector<VersionRange>> streams_;  // ranges in order, apart from each other
  std::size_t ranges_ = 0;
};

}  // namespace ddblog::replays
