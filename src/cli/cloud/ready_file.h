// The file that tells whoever started the offline cloud that it answers requests, and where:
//
//   {"url": "http://127.0.0.1:41234", "urls": ["http://127.0.0.1:41234"], "ports": [41234], "pid": 4711,
//    "dataDirectory": "/home/…/.dynamodb-log"}          "dataDirectory": null: in memory
//
// It appears in one step, whole, and is removed when the cloud stops, unless it is another process's by then.
// One of an earlier run is removed at the start, unless the process that it names lives: then it stays until
// this cloud answers too.
//
// Errors: std::runtime_error with one line. Thread safety: none.
#pragma once

#include <filesystem>

#include "offline/offline_cloud.h"

namespace ddblog::cli {

class ReadyFile {
 public:
  // `file`: empty: nobody wants one.
  explicit ReadyFile(std::filesystem::path file);
  ~ReadyFile();
  ReadyFile(const ReadyFile&) = delete;

  void write(const offline::OfflineOptions& options, const offline::OfflineSummary& summary);

 private:
  const std::filesystem::path file_;
  bool is_written_ = false;
};

}  // namespace ddblog::cli
