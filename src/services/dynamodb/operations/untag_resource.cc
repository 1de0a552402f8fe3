#include "services/dynamodb/operations/untag_resource.h"

#include "base/api_error.h"
#include "services/dynamodb/tables/resource_arn.h"
#include "services/dynamodb/tables/table_extras.h"

namespace ddblog::dynamodb {

UntagResource::UntagResource(rpc::RequestReader& request, Context& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  arn_ = readTaggedArn(fields, context);
  const auto keys = fields.strings("TagKeys", {.required = true});
  request.finish();
  if (keys->empty()) throw validationError("Atleast one Tag Key needs to be provided as Input.");
  checkTagKeys(*keys);
  keys_ = *keys;
}

std::string UntagResource::run(Transaction& transaction) const {
  eraseTags(transaction, taggedTable(transaction, context_, arn_)->id, keys_);
  return {};
}

}  // namespace ddblog::dynamodb
