// The stream of the log table, as DynamoDB Streams serves it: shards and their records.
//
// All methods throw what Transport::call throws. Thread safety: none; use it on one thread.
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/json.h"
#include "ddblog/transport.h"

namespace ddblog {

// What was not read yet is no longer in the stream, which keeps its records for 24 hours.
class ReplayNeeded : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Shard {
  std::string id;
  std::string parent;  // empty: none
  bool is_closed = false;
};

struct StreamRecord {
  enum class Holds { kItem, kKey, kNothing };

  std::string sequence_number;
  Holds holds = Holds::kNothing;  // nothing: it is about another change than an insertion
  json::object item = {};         // that was inserted, or its key: a stream need not hold whole items
};

struct RecordPage {
  std::vector<StreamRecord> records;
  bool is_end = false;  // of the shard
};

// Where a shard ends.
struct ShardEnd {
  std::string sequence_number;  // of its last record; empty: it has none
  bool is_final = false;        // nothing can follow
};

class TableStream {
 public:
  TableStream(std::shared_ptr<Transport> transport, std::string table)
      : transport_(std::move(transport)), table_(std::move(table)) {}

  // The ARN of the stream that the table has now: a stream that was switched off and on again is
  // another one. Throws ConfigurationError if the table has none.
  std::string look();
  // The shards, as far as the stream still has them.
  std::vector<Shard> shards();
  // What is written meanwhile may be before or after the end. `beat` is called after each page, and
  // may throw.
  ShardEnd endOf(const Shard& shard, const std::function<void()>& beat);
  // The next records. `after`: the sequence number of the checkpoint, which counts for the first read
  // of a shard; empty: its beginning. Throws ReplayNeeded if records after it are gone.
  RecordPage read(const std::string& shard_id, const std::string& after);
  // The next read of a shard begins at its checkpoint.
  void forget(const std::string& shard_id) { iterators_.erase(shard_id); }
  // Whether the next read of a shard goes on where the last one ended.
  bool isReading(const std::string& shard_id) const { return iterators_.contains(shard_id); }

 private:
  RecordPage readPage(const std::string& shard_id, const std::string& after);
  std::string iterator(const std::string& shard_id, const std::string& after);
  json::object records(const std::string& iterator);
  const std::string& arn();

  std::shared_ptr<Transport> transport_;
  std::string table_;
  std::string arn_;
  std::map<std::string, std::string> iterators_;  // by shard
};

}  // namespace ddblog
