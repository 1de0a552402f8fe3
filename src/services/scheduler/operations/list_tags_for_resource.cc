// ListTagsForResource: the tags of a schedule group.
// Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_ListTagsForResource.html
#include "rpc/rest_operation.h"
#include "services/scheduler/operations/fields.h"
#include "services/scheduler/operations/tagged_group.h"

namespace ddblog::scheduler {

namespace {

class ListTagsForResource {
 public:
  ListTagsForResource(rpc::RequestReader& request, Context& context)
      : context_(context), arn_(readTaggedGroup(request)) {
    request.finish();
  }

  std::string run(const Reader& reader) const {
    const Group group = findTaggedGroup(context_, reader, arn_);
    std::string body;
    JsonWriter json(body);
    json.beginObject().key("Tags").beginArray();
    for (const auto& tag : group.tags) {
      json.beginObject().key("Key").value(std::string_view(tag.key()));
      json.key("Value").raw(json::serialize(tag.value())).endObject();
    }
    json.endArray().endObject();
    return body;
  }

 private:
  Context& context_;
  const std::string arn_;
};

}  // namespace

void addListTagsForResource(rpc::RestApi& api, Context& context) {
  rpc::addRead<ListTagsForResource>(api, {"GET", "/tags/{ResourceArn}", "ListTagsForResource"}, context);
}

}  // namespace ddblog::scheduler
