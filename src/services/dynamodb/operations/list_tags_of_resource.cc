// ListTagsOfResource: a table's tags, all in one page. Errors: an invalid ARN;
// ResourceNotFoundException.
#include <string>

#include "base/json_writer.h"
#include "rpc/operation.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/tables/resource_arn.h"
#include "services/dynamodb/tables/table_extras.h"

namespace ddblog::dynamodb {
namespace {

class ListTagsOfResource {
 public:
  ListTagsOfResource(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  std::string arn_;
};

ListTagsOfResource::ListTagsOfResource(rpc::RequestReader& request, Context& context)
    : context_(context), arn_(readTaggedArn(request.fields(), context)) {
  request.fields().string("NextToken");  // there is never a second page
  request.finish();
}

std::string ListTagsOfResource::run(const Reader& reader) const {
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("Tags").beginArray();
  for (const Tag& tag : tagsOf(reader, taggedTable(reader, context_, arn_)->id)) {
    json.beginObject().key("Key").value(tag.key).key("Value").value(tag.value).endObject();
  }
  json.endArray().endObject();
  return out;
}

}  // namespace

void addListTagsOfResource(rpc::JsonApi& service, Context& context) {
  rpc::addRead<ListTagsOfResource>(service, "ListTagsOfResource", context);
}

}  // namespace ddblog::dynamodb
