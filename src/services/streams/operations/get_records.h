// GetRecords: the records at a place in a shard, at most 1,000 or 1 MB, and the place behind them. A closed shard that
// is read to its end has no place behind it (no NextShardIterator); an open one always has.
//
// Refuses: broken constraints; an iterator that is none (ValidationException) or 15 minutes old
// (ExpiredIteratorException); a stream of which nothing is kept any more (ResourceNotFoundException); a place whose
// shard or record is trimmed (TrimmedDataAccessException).
#pragma once

#include <cstdint>
#include <string>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"
#include "services/streams/shard_iterator.h"
#include "services/streams/stream_records.h"

namespace ddblog::streams {

class GetRecords {
 public:
  GetRecords(rpc::RequestReader& request, dynamodb::Context& context);
  std::string run(const Reader& reader) const;

 private:
  void checkPlace(const Reader& reader, const dynamodb::StreamDescription& stream, const NumberedShard& shard,
                  Timestamp now) const;

  dynamodb::Context& context_;
  ShardIterator place_;
  std::size_t limit_;
};

}  // namespace ddblog::streams
