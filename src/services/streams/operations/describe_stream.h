// DescribeStream: a stream and its shards, parents before children, at most 100 a page; with a ShardFilter of
// CHILD_SHARDS the children of one shard. Shards of which nothing is kept any more are not listed.
//
// Refuses ResourceNotFoundException for a stream that there is not, or of which nothing is kept any more.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"

namespace ddblog::streams {

class DescribeStream {
 public:
  DescribeStream(rpc::RequestReader& request, dynamodb::Context& context);
  std::string run(const Reader& reader) const;

 private:
  dynamodb::Context& context_;
  std::string stream_arn_;
  std::size_t limit_;
  std::optional<std::string> after_;
  std::optional<std::string> parent_;  // of the shards to list
};

}  // namespace ddblog::streams
