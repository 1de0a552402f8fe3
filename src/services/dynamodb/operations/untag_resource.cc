// UntagResource: removes tags from a table; keys that it does not have are ignored. The response is
// empty.
//
// Errors: an invalid ARN; no keys, invalid keys or too many; ResourceNotFoundException.
#include <string>
#include <vector>

#include "base/api_error.h"
#include "rpc/operation.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/tables/resource_arn.h"
#include "services/dynamodb/tables/table_extras.h"

namespace ddblog::dynamodb {
namespace {

class UntagResource {
 public:
  UntagResource(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string arn_;
  std::vector<std::string> keys_;
};

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

}  // namespace

void addUntagResource(rpc::JsonApi& service, Context& context) {
  rpc::addWrite<UntagResource>(service, "UntagResource", context);
}

}  // namespace ddblog::dynamodb
