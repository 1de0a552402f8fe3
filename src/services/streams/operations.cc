#include "services/streams/operations.h"

#include "rpc/operation.h"
#include "services/streams/operations/describe_stream.h"
#include "services/streams/operations/get_records.h"
#include "services/streams/operations/get_shard_iterator.h"
#include "services/streams/operations/list_streams.h"

namespace ddblog::streams {
rpc::JsonProtocol protocol() {
  return rpc::JsonProtocol(
      {.target_prefix = "DynamoDBStreams_20120810",
       .content_type = "application/x-amz-json-1.0",
       .signing_name = "dynamodb",
       .has_crc32 = true,
       .error_namespace = "com.amazonaws.dynamodb.v20120810#",
       .internal_error =
           internalError("The request processing has failed because of an unknown error, exception or failure.")});
}

void addOperations(rpc::JsonApi& service, dynamodb::Context& context) {
  addRead<DescribeStream>(service, "DescribeStream", context);
  addRead<GetRecords>(service, "GetRecords", context);
  addRead<GetShardIterator>(service, "GetShardIterator", context);
  addRead<ListStreams>(service, "ListStreams", context);
}

}  // namespace ddblog::streams
