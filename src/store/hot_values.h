// A cache of the values of hot keys (Reader::getHot), which nearly every command and every request
// reads. A look-up in RocksDB takes some microseconds.
//
// States are numbered: each commit makes the next one. A value is known from the state in which it was
// read or written on, up to the latest. A reader of an older state gets no value that is newer than its
// state, and leaves none behind. Only commits change the store, so the cache is correct as long as it sees
// every commit before readers see the new state.
//
// Thread safety: all methods may be called from any thread; commits and clear() come from one.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/thread_annotations.h"
#include "store/overlay.h"
#include "store/store.h"

namespace ddblog {

class HotValues {
 public:
  // The key's value in this state. `reader` reads that state.
  std::optional<std::string> get(std::string_view key, std::uint64_t state, const Reader& reader);

  // These writes make the next state. Returns its number.
  std::uint64_t commit(const Overlay::Writes& writes);
  // Forgets everything: the next state was read anew from the disk. Returns its number.
  std::uint64_t clear();

 private:
  struct Known {
    std::string value;
    std::uint64_t since;  // the state
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const { return std::hash<std::string_view>()(key); }
  };

  std::optional<std::string> find(std::string_view key, std::uint64_t state);
  void add(std::string_view key, const std::string& value, std::uint64_t state);

  Mutex mutex_;
  std::unordered_map<std::string, Known, Hash, std::equal_to<>> values_ GUARDED_BY(mutex_);
  std::uint64_t latest_ GUARDED_BY(mutex_) = 0;
};

}  // namespace ddblog
