#include "services/dynamodb/operations/tag_resource.h"

#include "base/api_error.h"
#include "services/dynamodb/tables/resource_arn.h"
#include "services/dynamodb/tables/table_extras.h"

namespace ddblog::dynamodb {

TagResource::TagResource(rpc::RequestReader& request, Context& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  arn_ = readTaggedArn(fields, context);
  const auto tags = readTags(fields, true);
  request.finish();
  if (tags->empty()) throw validationError("Atleast one Tag needs to be provided as Input.");
  tags_ = checkTags(*tags);
}

std::string TagResource::run(Transaction& transaction) const {
  putTags(transaction, taggedTable(transaction, context_, arn_)->id, tags_);
  return {};
}

}  // namespace ddblog::dynamodb
