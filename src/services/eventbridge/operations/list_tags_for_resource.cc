// ListTagsForResource: the tags of a bus or a rule.
#include <string>

#include "rpc/operation.h"
#include "services/eventbridge/bus/context.h"
#include "services/eventbridge/operations/fields.h"
#include "services/eventbridge/operations/tagged_resource.h"

namespace ddblog::eventbridge {
namespace {

class ListTagsForResource {
 public:
  ListTagsForResource(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  std::string arn_;
};

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

}  // namespace

void addListTagsForResource(rpc::JsonApi& api, Context& context) {
  rpc::addRead<ListTagsForResource>(api, "ListTagsForResource", context);
}

}  // namespace ddblog::eventbridge
