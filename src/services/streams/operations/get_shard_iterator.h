// GetShardIterator: a place in a shard to read on from: its oldest record that is kept (TRIM_HORIZON), behind its
// newest (LATEST), at or behind a sequence number.
//
// Refuses: broken constraints; a missing or foreign SequenceNumber (ValidationException); a stream or shard that there
// is not (ResourceNotFoundException); a place that is trimmed (TrimmedDataAccessException).
#pragma once

#include <optional>
#include <string>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"
#include "services/streams/stream_records.h"

namespace ddblog::streams {

class GetShardIterator {
 public:
  GetShardIterator(rpc::RequestReader& request, dynamodb::Context& context);
  std::string run(const Reader& reader) const;

 private:
  std::uint64_t placeOf(const Reader& reader, const dynamodb::StreamDescription& stream,
                        const NumberedShard& shard) const;

  dynamodb::Context& context_;
  std::string stream_arn_;
  std::string shard_id_;
  std::string type_;
  std::optional<std::string> sequence_number_;
};

}  // namespace ddblog::streams
