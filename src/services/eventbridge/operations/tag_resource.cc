// TagResource: adds tags to a bus or a rule, or changes their values.
#include <string>

#include "rpc/operation.h"
#include "services/eventbridge/bus/context.h"
#include "services/eventbridge/operations/fields.h"
#include "services/eventbridge/operations/tagged_resource.h"

namespace ddblog::eventbridge {
namespace {

class TagResource {
 public:
  TagResource(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string arn_;
  json::object tags_;
};

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

}  // namespace

void addTagResource(rpc::JsonApi& api, Context& context) { rpc::addWrite<TagResource>(api, "TagResource", context); }

}  // namespace ddblog::eventbridge
