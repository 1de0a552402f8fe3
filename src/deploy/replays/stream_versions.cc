#include "deploy/replays/stream_versions.h"

#include <algorithm>
#include <stdexcept>

namespace ddblog::replays {

bool StreamVersions::add(const std::string& stream, std::uint64_t version) {
  if (streams_.size() >= most_streams_ && !streams_.contains(stream)) {
    throw std::runtime_error("The replay has events of more than " + std::to_string(most_streams_) +
                             " streams: replay a shorter range at a time (--from, --to), or one log (--log).");
  }
  std::vector<VersionRange>& ranges = streams_[stream];
  const std::size_t before = ranges.size();
  // The first range that ends at or after the version before this one: the only one that it can be in or extend.
  const auto found =
      std::ranges::partition_point(ranges, [&](const VersionRange& range) { return range.last + 1 < version; });
  if (found == ranges.end() || version + 1 < found->first) {
    if (ranges_ == most_ranges_) {
      throw std::runtime_error("The replayed events have too many gaps to follow: replay a shorter range at a time.");
    }
    ranges.insert(found, {version, version});
  } else if (version >= found->first && version <= found->last) {
    return false;
  } else if (version < found->first) {
    found->first = version;
  } else {
    found->last = version;
    const auto next = std::next(found);
    if (next != ranges.end() && next->first == version + 1) {
      found->last = next->last;
      ranges.erase(next);
    }
  }
  ranges_ += ranges.size() - before;
  return true;
}

std::vector<VersionRange> StreamVersions::gaps(const std::string& stream, std::uint64_t from) const {
  std::vector<VersionRange> gaps;
  std::uint64_t next = from;
  for (const VersionRange& range : streams_.at(stream)) {
    if (range.first > next) gaps.push_back({next, range.first - 1});
    next = std::max(next, range.last + 1);
  }
  return gaps;
}

std::vector<const std::string*> StreamVersions::streams() const {
  std::vector<const std::string*> names;
  names.reserve(streams_.size());
  for (const auto& [name, ranges] : streams_) names.push_back(&name);
  std::ranges::sort(names, {}, [](const std::string* name) -> const std::string& { return *name; });
  return names;
}

}  // namespace ddblog::replays
