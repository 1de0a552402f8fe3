// Opens a store on a file system of RocksDB's: for the store itself, and for tests that stand
// between the store and its files.
//
// Thread safety: a free function without state.
#pragma once

#include <rocksdb/file_system.h>

#include <memory>

#include "store/store.h"

namespace ddblog {

// As Store::open; `files`: where the store's files are (the lock on the directory is the operating
// system's all the same). Not for stores in memory.
std::unique_ptr<Store> openStoreOn(const std::shared_ptr<rocksdb::FileSystem>& files, const StoreOptions& options);

}  // namespace ddblog
