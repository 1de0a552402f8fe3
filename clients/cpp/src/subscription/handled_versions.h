// Which version of a stream was handled last.
//
// Of more than kStreams streams, the ones that were not asked for longest are forgotten: that costs
// that some events are handled twice. Thread safety: none; use it on one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>
#include <utility>

namespace ddblog {

class HandledVersions {
 public:
  static constexpr std::size_t kStreams = 100'000;

  // 0: none is known.
  std::uint64_t of(const std::string& pk) {
    const auto found = places_.find(pk);
    if (found == places_.end()) return 0;
    streams_.splice(streams_.begin(), streams_, found->second);
    return found->second->second;
  }

  void saw(const std::string& pk, std::uint64_t version) {
    if (of(pk) != 0) {  // it is the first one now
      if (streams_.front().second < version) streams_.front().second = version;
      return;
    }
    streams_.emplace_front(pk, version);
    places_.emplace(pk, streams_.begin());
    if (streams_.size() <= kStreams) return;
    places_.erase(streams_.back().first);
    streams_.pop_back();
  }

  void forget() {
    places_.clear();
    streams_.clear();
  }

 private:
  std::list<std::pair<std::string, std::uint64_t>> streams_;  // the latest that was asked for first
  std::unordered_map<std::string, std::list<std::pair<std::string, std::uint64_t>>::iterator> places_;
};

}  // namespace ddblog
