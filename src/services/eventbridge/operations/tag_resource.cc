#include "services/eventbridge/operations/tag_resource.h"

#include "services/eventbridge/operations/fields.h"
#include "services/eventbridge/operations/tagged_resource.h"

namespace ddblog::eventbridge {

TagResource::TagResource(rpc::RequestReader& request, Context& context) : context_(context) {
  arn_ = request.fields().string("ResourceARN", arnRule(true)).value_or("");
  tags_ = readTags(request.fields(), true);
  request.finish();
}

std::string TagResource::run(Transaction& transaction) const {
  changeTags(transaction, context_, arn_, [this](json::object& tags) {
    for (const auto& tag : tags_) tags[tag.key()] = tag.value();
  });
  return "{}";
}

}  // namespace ddblog::eventbridge
