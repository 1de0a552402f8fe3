// TagResource: adds tags to a schedule group, and replaces those with the same keys.
// Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_TagResource.html
#include "rpc/rest_operation.h"
#include "services/scheduler/operations/fields.h"
#include "services/scheduler/operations/tagged_group.h"

namespace ddblog::scheduler {

namespace {

class TagResource {
 public:
  TagResource(rpc::RequestReader& request, Context& context)
      : context_(context), arn_(readTaggedGroup(request)), tags_(readTags(request.fields(), true)) {
    request.finish();
  }

  std::string run(Transaction& transaction) const {
    Group group = findTaggedGroup(context_, transaction, arn_);
    for (const auto& tag : tags_) group.tags[tag.key()] = tag.value();
    checkTags(group.tags);
    context_.catalog.putGroup(transaction, group);
    return "{}";
  }

 private:
  Context& context_;
  const std::string arn_;
  const json::object tags_;
};

}  // namespace

void addTagResource(rpc::RestApi& api, Context& context) {
  rpc::addWrite<TagResource>(api, {"POST", "/tags/{ResourceArn}", "TagResource"}, context);
}

}  // namespace ddblog::scheduler
