#include "dynamodb/operations/untag_resource.h"

#include "base/api_error.h"
#include "dynamodb/table_extras.h"

namespace ddblog::dynamodb {

UntagResource::UntagResource(api::RequestReader& request, Context& context) : context_(context) {
  api::ObjectReader& fields = request.fields();
  arn_ = readResourceArn(fields);
  const auto keys = fields.strings("TagKeys", {.required = true}, {.min = 1, .max = 128});
  request.finish();
  if (keys->empty()) throw validationError("Atleast one Tag Key needs to be provided as Input.");
  keys_ = *keys;
}

std::string UntagResource::run(Transaction& transaction) const {
  eraseTags(transaction, tableOfArn(transaction, context_, arn_)->id, keys_);
  return {};
}

}  // namespace ddblog::dynamodb
