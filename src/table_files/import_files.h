// Reading items from the files of DynamoDB's export to S3, in DynamoDB's JSON: a full export's, an
// incremental one's, or any data files of that form, gzip or not.
//
//   {"Item": {…}}                                                             a full export: the item is put
//   {"Metadata": {…}, "Keys": {…}, "NewImage": {…}, "OldImage": {…}}          an incremental one's: NewImage is
//                                                                             put, none: deleted
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
//
//   ImportFiles files("/path");      // a data file, a directory of them, an export, or the directory that holds one
//   total = files.check(keys);       // reads all of it: MD5s and counts of the manifest, gzip, JSON, every item
//   files.read([](ImportRecord record) { … });
//
// Memory: a line (16 MiB at most). Errors: ImportUnusable, one line that names file and line.
// Thread safety: none.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/json.h"
#include "table_files/table_keys.h"

namespace ddblog::table_files {

class ImportUnusable : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct ImportRecord {
  bool is_put = true;
  json::object item;  // of a put: the item; else: its key
};

class ImportFiles {
 public:
  explicit ImportFiles(const std::filesystem::path& path);

  // How many records there are. `keys`: of the table that they are for, which has to be able to
  // take each.
  std::uint64_t check(const TableKeys& keys) const;
  void read(const std::function<void(ImportRecord)>& take) const;

 private:
  struct DataFile {
    std::filesystem::path path;
    std::optional<std::uint64_t> items;  // that the manifest says
    std::string md5;                     // the same; in base64, empty: not said
  };
  void readManifest(const std::filesystem::path& export_directory);
  void addDataFile(const json::object& line, const std::filesystem::path& export_directory);

  std::vector<DataFile> files_;
};

}  // namespace ddblog::table_files
