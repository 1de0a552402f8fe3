// How RocksDB is set up for this project's keys and its one writer.
//
// Thread safety: a free function without state.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/options.h>

#include <cstddef>

namespace ddblog {

// `env`: where its files are; it must outlive the database. `cache_bytes`: of blocks read.
rocksdb::Options rocksdbOptions(rocksdb::Env* env, std::size_t cache_bytes);

}  // namespace ddblog
