#include "store/rocksdb_reader.h"

#include <rocksdb/iterator.h>
#include <rocksdb/options.h>

#include <utility>

namespace ddblog {

namespace {

std::string_view view(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// A range of keys in one direction. Keeps the snapshot it reads from alive.
// A damaged block stays damaged; any other failure may pass.
[[noreturn]] void throwReadFailed(const rocksdb::Status& status) {
  if (status.IsCorruption()) throw StoreDamaged("a file of the store is damaged: " + status.ToString());
  throw storeFailed(status);
}

class RocksCursor : public Cursor {
 public:
  RocksCursor(rocksdb::DB& db, std::shared_ptr<const rocksdb::Snapshot> snapshot, std::string_view begin,
              std::string_view end, Direction direction)
      : snapshot_(std::move(snapshot)), begin_(begin), end_(end), forward_(direction == Direction::kForward) {
    lower_ = slice(begin_);
    upper_ = slice(end_);
    rocksdb::ReadOptions options;
    options.snapshot = snapshot_.get();
    options.iterate_lower_bound = &lower_;
    if (!end_.empty()) options.iterate_upper_bound = &upper_;
    iterator_.reset(db.NewIterator(options));
    if (forward_) {
      iterator_->SeekToFirst();
    } else {
      iterator_->SeekToLast();
    }
    check();
  }

  bool valid() const override { return iterator_->Valid(); }
  std::string_view key() const override { return view(iterator_->key()); }
  std::string_view value() const override { return view(iterator_->value()); }
  void next() override {
    if (forward_) {
      iterator_->Next();
    } else {
      iterator_->Prev();
    }
    check();
  }

 private:
  void check() const {
    if (!iterator_->Valid() && !iterator_->status().ok()) throwReadFailed(iterator_->status());
  }

  std::shared_ptr<const rocksdb::Snapshot> snapshot_;
  std::string begin_, end_;
  rocksdb::Slice lower_, upper_;
  const bool forward_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

}  // namespace

StoreFailed storeFailed(const rocksdb::Status& status) { return StoreFailed("the store failed: " + status.ToString()); }

std::optional<std::string> RocksReader::get(std::string_view key) const {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot_.get();
  std::string value;
  const rocksdb::Status status = db_.Get(options, slice(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) throwReadFailed(status);
  return value;
}

std::unique_ptr<Cursor> RocksReader::cursor(std::string_view begin, std::string_view end, Direction direction) const {
  return std::make_unique<RocksCursor>(db_, snapshot_, begin, end, direction);
}

std::optional<std::string> HotReader::getHot(std::string_view key) const {
  return hot_values_->get(key, number_, *this);
}

}  // namespace ddblog
