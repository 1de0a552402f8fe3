// Writes the files of DynamoDB's export to S3 (a full export in DynamoDB's JSON):
//
//   DIRECTORY/AWSDynamoDB/<export id>/_started                 empty
//                                     data/<name>.json.gz      lines {"Item": {…}}
//                                     manifest-files.json      per data file one line: count, MD5
//                                     manifest-files.md5       its MD5, in base64
//                                     manifest-summary.json    written last: it is complete
//                                     manifest-summary.md5
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
// (That page names the checksum files manifest-….checksum. In real buckets they are .md5, and
// readers of exports expect that.) An unfinished export is removed. Memory: a piece of a file.
// Errors: std::runtime_error with the operating system's message. Thread safety: none.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/digests.h"
#include "base/gzip.h"
#include "base/ids.h"

namespace ddblog::table_files {

struct ExportedTable {
  std::string arn;
  std::string id;
  std::string export_time;  // the point in time that is exported
  std::uint64_t bytes = 0;
};

class ExportWriter {
 public:
  ExportWriter(const std::filesystem::path& directory, ExportedTable table, Clock& clock, Ids& ids);
  ~ExportWriter();
  ExportWriter(const ExportWriter&) = delete;

  // Adds complete lines; `items`: how many.
  void add(std::string_view lines, std::uint64_t items);
  void finish();

  const std::filesystem::path& path() const { return root_; }  // of the export: …/AWSDynamoDB/<export id>
  std::uint64_t items() const { return items_; }

 private:
  // The data file being written.
  struct DataFile {
    std::string key;  // "AWSDynamoDB/<export id>/data/<name>.json.gz"
    std::filesystem::path path;
    std::ofstream out;
    GzipEncoder gzip;
    Md5 md5;
    std::uint64_t items = 0;
    std::uint64_t bytes = 0;  // before compression
  };

  void openDataFile();
  void removeUnfinished();
  void closeDataFile();
  void write(std::string_view deflated);
  void writeManifest(const std::string& name, const std::string& content);
  std::string summary() const;

  const ExportedTable table_;
  Clock& clock_;
  Ids& ids_;
  const Timestamp started_;
  const std::string export_id_;
  const std::filesystem::path root_;
  std::unique_ptr<DataFile> file_;
  std::string manifest_;
  std::uint64_t items_ = 0;
  bool finished_ = false;
};

}  // namespace ddblog::table_files
