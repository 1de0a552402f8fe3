// Reads one state of a RocksDB database: a snapshot, or the current state (the writer's view).
//
// Errors: StoreFailed. Thread safety: one thread at a time.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/slice.h>
#include <rocksdb/status.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "store/hot_values.h"
#include "store/store.h"

namespace ddblog {

inline rocksdb::Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

// The error for every failure of RocksDB: "the store failed: …".
StoreFailed storeFailed(const rocksdb::Status& status);

class RocksReader : public Snapshot {
 public:
  // `db` must outlive the reader and its cursors. `snapshot` nullptr: the current state.
  RocksReader(rocksdb::DB& db, std::shared_ptr<const rocksdb::Snapshot> snapshot)
      : db_(db), snapshot_(std::move(snapshot)) {}

  std::optional<std::string> get(std::string_view key) const override;
  std::unique_ptr<Cursor> cursor(std::string_view begin, std::string_view end, Direction direction) const override;

 private:
  rocksdb::DB& db_;
  std::shared_ptr<const rocksdb::Snapshot> snapshot_;
};

// The same, which finds hot keys in the cache.
class HotReader : public RocksReader {
 public:
  // `number`: of the state, in `hot_values`.
  HotReader(rocksdb::DB& db, std::shared_ptr<const rocksdb::Snapshot> snapshot, std::shared_ptr<HotValues> hot_values,
            std::uint64_t number)
      : RocksReader(db, std::move(snapshot)), hot_values_(std::move(hot_values)), number_(number) {}

  std::optional<std::string> getHot(std::string_view key) const override;

 private:
  const std::shared_ptr<HotValues> hot_values_;
  const std::uint64_t number_;
};

}  // namespace ddblog
