#include "services/dynamodb/operations/list_tags_of_resource.h"

#include "base/json_writer.h"
#include "services/dynamodb/tables/resource_arn.h"
#include "services/dynamodb/tables/table_extras.h"

namespace ddblog::dynamodb {

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

}  // namespace ddblog::dynamodb
