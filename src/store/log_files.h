// RocksDB's files as they are, except for its write-ahead log: that file is filled with zeros ahead
// of the written part.
//
// An fdatasync that makes a file longer makes the file system commit its journal as well. One that
// overwrites existing bytes only writes them, which is two to six times as fast on ext4. RocksDB's
// recovery takes zeros behind the last record for the end of the log.
//
// If the file system cannot be filled ahead (it is full, say), nothing is; writing the record itself
// then reports the error.
//
// Thread safety: as RocksDB's own.
#pragma once

#include <rocksdb/file_system.h>

#include <memory>

namespace ddblog {

// The file system for RocksDB. `base`: the one underneath.
std::shared_ptr<rocksdb::FileSystem> zeroFilledLogFiles(const std::shared_ptr<rocksdb::FileSystem>& base);

}  // namespace ddblog
