#include "services/streams/operations.h"

namespace ddblog::streams {

// Each is defined in operations/<name>.cc.
using AddOperation = void(rpc::JsonApi&, dynamodb::Context&);
AddOperation addDescribeStream, addGetRecords, addGetShardIterator, addListStreams;

rpc::JsonProtocol protocol() {
  return rpc::JsonProtocol(
      {.target_prefix = "DynamoDBStreams_20120810",
       .content_type = "application/x-amz-json-1.0",
       .signing_name = "dynamodb",
       .has_crc32 = true,
       .error_namespace = "com.amazonaws.dynamodb.v20120810#",
       .internal_error =
           internalError("The request processing has failed because of an unknown error, exception or failure."),
       .throttling_error = [](std::string_view) { return ApiError("ThrottlingException", "Rate exceeded"); }});
}

void addOperations(rpc::JsonApi& api, dynamodb::Context& context) {
  for (AddOperation* add : {addDescribeStream, addGetRecords, addGetShardIterator, addListStreams}) {
    add(api, context);  // reads
  }
}

}  // namespace ddblog::streams
