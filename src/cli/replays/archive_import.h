// Imports the events of an archive file (archive.sqlite, also an old one with its four columns
// createdAt, log, type and event) as items of a log table.
//
// Errors: ArchiveFailed, if it is no archive; ImportUnusable "FILE: event N: …". Memory: one page.
// Thread safety: none.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "services/eventbridge/archive/archive_file.h"
#include "table_files/import_records.h"

namespace ddblog::cli {

bool isArchive(const std::filesystem::path& file);  // by its first bytes: SQLite

class ArchiveImport {
 public:
  explicit ArchiveImport(const std::filesystem::path& file);

  // Returns the number of records.
  std::uint64_t check(const table_files::ImportKeys& keys) const;
  void read(const std::function<void(table_files::ImportRecord)>& take) const;
  std::uint64_t skipped() const { return skipped_; }  // rows of check() that are no events of the log

 private:
  const std::filesystem::path file_;
  const eventbridge::ArchiveFile archive_;
  mutable std::uint64_t skipped_ = 0;
};

}  // namespace ddblog::cli
