// RocksDB's files unchanged, except for its write-ahead log, which is filled with zeros ahead of
// the written part.
//
// An fdatasync that extends a file makes the file system commit its journal too. One that
// overwrites existing bytes only writes those, which is two to six times as fast on ext4. RocksDB's
// recovery treats zeros after the last record as the end of the log.
//
// If filling ahead fails (the disk is full, for example), the error is ignored; the write of the
// record itself reports it.
//
// Thread safety: as rocksdb::FileSystem.
#pragma once

#include <rocksdb/file_system.h>

#include <memory>

namespace ddblog {

// The file system for RocksDB. `base`: the underlying one.
std::shared_ptr<rocksdb::FileSystem> zeroFilledLogFiles(const std::shared_ptr<rocksdb::FileSystem>& base);

}  // namespace ddblog
