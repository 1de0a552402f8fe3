// Reads items from the files of DynamoDB's export to S3, in DynamoDB's JSON: a full or incremental
// export, or any data files in that format, compressed (gzip) or not. Each line is one of:
//
//   {"Item": {…}}                                       of a full export: the item is put
//   {"Metadata": {…}, "Keys": {…}, "NewImage": {…}, "OldImage": {…}}
//                                                       of an incremental export: NewImage is put;
//                                                       without it the item is deleted
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
//
//   ImportFiles files("/path");  // an export, the directory that contains one, a directory of data
//                                // files, or one data file
//   total = files.check(keys);   // reads everything: MD5s and counts of the manifest, gzip, JSON,
//                                // every item
//   files.read([](ImportRecord record) { … });
//
// Memory: a line (16 MiB at most). Errors: ImportUnusable, one line that names file and line
// number.
// Thread safety: none.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "table_files/import_keys.h"
#include "table_files/import_records.h"

namespace ddblog::table_files {

class ImportFiles {
 public:
  // `table`: its name, for files that have records of several tables.
  ImportFiles(const std::filesystem::path& path, std::string table);

  // Returns the number of records. `keys`: of the table to import into; every record is checked
  // against them.
  std::uint64_t check(const ImportKeys& keys) const;
  void read(const ImportKeys& keys, const std::function<void(ImportRecord)>& take) const;

 private:
  struct DataFile {
    std::filesystem::path path;
    std::optional<std::uint64_t> items;  // as the manifest says
    std::string md5;                     // as the manifest says, in base64; empty if it does not
  };
  void readManifest(const std::filesystem::path& export_directory);
  void addDataFile(const json::object& line, const std::filesystem::path& export_directory);

  const std::string table_;
  std::vector<DataFile> files_;
};

}  // namespace ddblog::table_files
