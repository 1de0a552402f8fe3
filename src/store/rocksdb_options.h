// RocksDB's options for this project's keys and its one writer.
//
// Thread safety: a stateless function.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/options.h>

#include <cstddef>

namespace ddblog {

// `env`: where the files are; it must outlive the database. `cache_bytes`: for the block cache.
rocksdb::Options rocksdbOptions(rocksdb::Env* env, std::size_t cache_bytes);

}  // namespace ddblog
