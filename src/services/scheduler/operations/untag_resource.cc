// UntagResource: removes tags from a schedule group. Keys that it does not have are ignored.
// Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_UntagResource.html
#include <string>
#include <vector>

#include "rpc/rest_operation.h"
#include "services/scheduler/operations/fields.h"
#include "services/scheduler/operations/tagged_group.h"

namespace ddblog::scheduler {

namespace {

class UntagResource {
 public:
  UntagResource(rpc::RequestReader& request, Context& context)
      : context_(context), arn_(readTaggedGroup(request)), keys_(request.queryList("TagKeys", "tagKeys")) {
    request.finish();
  }

  std::string run(Transaction& transaction) const {
    Group group = findTaggedGroup(context_, transaction, arn_);
    for (const std::string& key : keys_) group.tags.erase(key);
    context_.catalog.putGroup(transaction, group);
    return "{}";
  }

 private:
  Context& context_;
  const std::string arn_;
  const std::vector<std::string> keys_;
};

}  // namespace

void addUntagResource(rpc::RestApi& api, Context& context) {
  rpc::addWrite<UntagResource>(api, {"DELETE", "/tags/{ResourceArn}", "UntagResource"}, context);
}

}  // namespace ddblog::scheduler
