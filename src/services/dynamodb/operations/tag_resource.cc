// TagResource: adds tags to a table, or replaces the values of tags that it has. The response is
// empty.
//
// Errors: an invalid ARN; no tags; invalid or duplicate keys, invalid values; more than
// limits::kTagsPerResource tags; ResourceNotFoundException.
#include <string>
#include <vector>

#include "base/api_error.h"
#include "rpc/operation.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/limits.h"
#include "services/dynamodb/tables/resource_arn.h"
#include "services/dynamodb/tables/table_extras.h"
#include "services/dynamodb/tables/tags.h"

namespace ddblog::dynamodb {
namespace {

class TagResource {
 public:
  TagResource(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string arn_;
  std::vector<Tag> tags_;
};

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

}  // namespace

void addTagResource(rpc::JsonApi& service, Context& context) {
  rpc::addWrite<TagResource>(service, "TagResource", context);
}

}  // namespace ddblog::dynamodb
