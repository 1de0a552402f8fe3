#include "store/rocksdb_options.h"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include <cstdarg>
#include <memory>
#include <utility>

namespace ddblog {

namespace {

// Disables RocksDB's info log. When the disk is full, a file's writer must not be used again after
// an error, but RocksDB's logger uses it, and an assertion then ends the process.
class NoLog : public rocksdb::Logger {
 public:
  NoLog() : rocksdb::Logger(rocksdb::InfoLogLevel::FATAL_LEVEL) {}
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

}  // namespace

rocksdb::Options rocksdbOptions(rocksdb::Env* env, std::shared_ptr<rocksdb::Cache> cache) {
  rocksdb::Options rocks;
  rocks.env = env;
  rocks.create_if_missing = true;
  rocks.info_log = std::make_shared<NoLog>();
  rocks.max_open_files = 512;
  rocks.max_file_opening_threads = 1;  // the default, sixteen threads at each start, costs more than opening the files
  rocks.write_buffer_size = 32u << 20;
  // An append checks for an item that usually does not exist: the filter answers without a search.
  rocks.memtable_prefix_bloom_size_ratio = 0.02;
  rocks.memtable_whole_key_filtering = true;
  // Most keys of a key space (its first byte) arrive in order: change records, queues, a stream's
  // head. The hint makes the memtable start its search at the last insert of that key space. It
  // excludes concurrent memtable writes, which a single writer does not need.
  rocks.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(1));
  rocks.allow_concurrent_memtable_write = false;
  rocks.max_background_jobs = 2;
  rocks.bytes_per_sync = 1u << 20;
  rocks.compression = rocksdb::kLZ4Compression;
  rocks.stats_dump_period_sec = 0;  // no statistics thread
  rocks.stats_persist_period_sec = 0;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = std::move(cache);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  rocks.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return rocks;
}

}  // namespace ddblog
