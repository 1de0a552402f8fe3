// Writes imported items to a table with BatchWriteItem, several batches at a time.
//
//   TableImport import(transport, environment, "table", keys);
//   import.add(record); …
//   import.finish();                       // waits until everything is written
//
// The writes are ordinary ones: they update indexes and appear in the table's stream. Records with
// the same key are written in their order: each key belongs to one writer, and no batch contains a
// key twice. Unprocessed items (of a throttled table) are sent again, with growing delays.
//
// Memory: kWriters × (kWaiting + 2) batches. Errors: what the transport throws; std::runtime_error
// if items are still unprocessed after all attempts. Thread safety: add and finish belong to one
// thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/thread_annotations.h"
#include "ddblog/transport.h"
#include "table_files/import_files.h"
#include "table_files/import_keys.h"

namespace ddblog::cli {

class TableImport {
 public:
  TableImport(std::shared_ptr<Transport> transport, std::shared_ptr<Environment> environment, std::string table,
              table_files::ImportKeys keys);
  ~TableImport();  // abandons what was not finished
  TableImport(const TableImport&) = delete;

  void add(const table_files::ImportRecord& record);
  void finish();
  std::uint64_t written() const { return written_; }

 private:
  static constexpr std::size_t kWriters = 4;
  static constexpr std::size_t kWaiting = 2;

  struct Batch {
    std::string requests;  // "{"PutRequest": …},{…}"
    std::size_t count = 0;
    std::set<std::string> identities;  // of the items
  };
  struct Writer {
    Batch filling;
    std::deque<Batch> waiting;
    std::thread thread;
  };

  void handOver(Writer& writer);
  void run(Writer& writer);
  void send(const Batch& batch);
  void endWriters(bool gives_up);

  const std::shared_ptr<Transport> transport_;
  const std::shared_ptr<Environment> environment_;
  const std::string table_;
  const table_files::ImportKeys keys_;
  std::vector<Writer> writers_;
  std::atomic<std::uint64_t> written_{0};

  Mutex mutex_;
  CondVar changed_;
  bool closing_ GUARDED_BY(mutex_) = false;
  std::exception_ptr failed_ GUARDED_BY(mutex_);
};

}  // namespace ddblog::cli
