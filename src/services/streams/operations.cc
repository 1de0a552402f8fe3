#include "services/streams/operations.h"

#include "rpc/operation.h"
#include "services/streams/operations/describe_stream.h"
#include "services/streams/operations/get_records.h"
#include "services/streams/operations/get_shard_iterator.h"
#include "services/streams/operations/list_streams.h"

namespace ddblog::streams {
rpc::JsonProtocol protocol() {
  return {"DynamoDBStreams_20120810", "application/x-amz-json-1.0", "com.amazonaws.dynamodb.v20120810#"};
}

void addOperations(rpc::JsonService& service, dynamodb::Context& context) {
  addRead<DescribeStream>(service, "DescribeStream", context);
  addRead<GetRecords>(service, "GetRecords", context);
  addRead<GetShardIterator>(service, "GetShardIterator", context);
  addRead<ListStreams>(service, "ListStreams", context);
}

}  // namespace ddblog::streams
