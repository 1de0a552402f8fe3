// RocksDB's options for this project's keys and its one writer.
//
// Thread safety: a stateless function.
#pragma once

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/options.h>

#include <cstddef>
#include <memory>

namespace ddblog {

// `env`: where the files are; it must outlive the database. `cache`: for blocks.
rocksdb::Options rocksdbOptions(rocksdb::Env* env, std::shared_ptr<rocksdb::Cache> cache);

}  // namespace ddblog
