#include "services/eventbridge/operations/list_tags_for_resource.h"

#include "services/eventbridge/operations/fields.h"
#include "services/eventbridge/operations/tagged_resource.h"

namespace ddblog::eventbridge {

ListTagsForResource::ListTagsForResource(rpc::RequestReader& request, Context& context) : context_(context) {
  arn_ = request.fields().string("ResourceARN", arnRule(true)).value_or("");
  request.finish();
}

std::string ListTagsForResource::run(const Reader& reader) const {
  const json::object tags = readTagsOf(reader, context_, arn_);
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("Tags").beginArray();
  for (const auto& tag : tags) {
    json.beginObject().key("Key").value(std::string_view(tag.key())).key("Value");
    json.value(std::string_view(tag.value().as_string())).endObject();
  }
  json.endArray().endObject();
  return out;
}

}  // namespace ddblog::eventbridge
