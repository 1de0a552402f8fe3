// Opens a store on a given RocksDB file system: used by the store itself and by tests that inject
// failures between the store and its files.
//
// Thread safety: a stateless function.
#pragma once

#include <rocksdb/file_system.h>

#include <memory>

#include "store/store.h"

namespace ddblog {

// Like Store::open, with the store's files in `files` (the lock on the directory is always the
// operating system's). Not for stores in memory.
std::unique_ptr<Store> openStoreOn(const std::shared_ptr<rocksdb::FileSystem>& files, const StoreOptions& options);

}  // namespace ddblog
