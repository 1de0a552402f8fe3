// The committed state with a cache for hot keys (Reader::getHot), which the writer reads for nearly
// every command. A look-up in RocksDB takes some microseconds, and commands wait for one another.
// Only commits change the store, so the cache is correct as long as it sees every commit.
//
// Thread safety: none; it belongs to the writer thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "store/overlay.h"
#include "store/store.h"

namespace ddblog {

class CommittedCache : public Reader {
 public:
  // `committed`: the state to cache; it must outlive the cache.
  explicit CommittedCache(const Reader& committed) : committed_(committed) {}

  std::optional<std::string> get(std::string_view key) const override { return committed_.get(key); }
  std::optional<std::string> getHot(std::string_view key) const override;
  std::unique_ptr<Cursor> cursor(std::string_view begin, std::string_view end, Direction direction) const override;

  // Updates the cache with writes that are now durable.
  void committed(const Overlay::Writes& writes);
  // Forgets everything: the state was read anew from the disk.
  void clear() { values_.clear(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const { return std::hash<std::string_view>()(key); }
  };

  const Reader& committed_;
  mutable std::unordered_map<std::string, std::string, Hash, std::equal_to<>> values_;
};

}  // namespace ddblog
