#include "store/store_builder.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include "store/entry_check.h"
#include "store/file_names.h"
#include "store/rocksdb_options.h"
#include "store/rocksdb_reader.h"

namespace ddblog {

namespace {

constexpr std::size_t kBatchBytes = 1u << 20;  // of entries per write

}  // namespace

struct StoreBuilder::Parts {
  std::unique_ptr<rocksdb::DB> db;
  rocksdb::WriteBatch batch;
  EntryCheck check;

  // Without a write-ahead log: an unfinished store is discarded anyway.
  void write() {
    rocksdb::WriteOptions options;
    options.disableWAL = true;
    if (const auto status = db->Write(options, &batch); !status.ok()) throw storeFailed(status);
    batch.Clear();
  }
};

StoreBuilder::StoreBuilder(const std::filesystem::path& directory) : parts_(std::make_unique<Parts>()) {
  rocksdb::Options rocks = rocksdbOptions(rocksdb::Env::Default(), rocksdb::NewLRUCache(StoreOptions().cache_bytes));
  rocks.error_if_exists = true;
  rocksdb::DB* db = nullptr;
  const auto status = rocksdb::DB::Open(rocks, (directory / kStoreName).string(), &db);
  if (!status.ok()) throw storeFailed(status);
  parts_->db.reset(db);
}

StoreBuilder::~StoreBuilder() = default;

void StoreBuilder::put(std::string_view key, std::string_view value) {
  parts_->check.add(key, value);
  if (const auto status = parts_->batch.Put(slice(key), slice(value)); !status.ok()) throw storeFailed(status);
  if (parts_->batch.GetDataSize() >= kBatchBytes) parts_->write();
}

void StoreBuilder::finish() {
  parts_->check.finish();
  parts_->write();
  if (const auto status = parts_->db->Flush(rocksdb::FlushOptions()); !status.ok()) throw storeFailed(status);
  if (const auto status = parts_->db->Close(); !status.ok()) throw storeFailed(status);
}

}  // namespace ddblog
