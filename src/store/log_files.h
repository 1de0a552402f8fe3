// RocksDB's files as they are, but for its write-ahead log: the log's file is filled with zeros ahead of what is
// written.
//
// An fdatasync that makes a file longer has the file system commit its journal as well; one that overwrites bytes which
// are there only has to write them, which is two to six times as fast on ext4. RocksDB's recovery takes zeros behind
// the last record for the end of the log.
//
// A file system that cannot be filled ahead (full, say) is used as it is: the record itself then says what is wrong.
//
// Thread safety: as RocksDB's own.
#pragma once

#include <rocksdb/file_system.h>

#include <memory>

namespace ddblog {

// What RocksDB is to open its files with. `base`: the file system underneath.
std::shared_ptr<rocksdb::FileSystem> zeroFilledLogFiles(const std::shared_ptr<rocksdb::FileSystem>& base);

}  // namespace ddblog
