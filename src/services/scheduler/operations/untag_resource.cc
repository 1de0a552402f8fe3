// UntagResource: removes tags from a schedule group. Keys that it does not have are ignored.
// Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_UntagResource.html
#include <sstream>

#include "rpc/rest_operation.h"
#include "services/scheduler/operations/fields.h"
#include "services/scheduler/operations/tagged_group.h"

namespace ddblog::scheduler {

namespace {

class UntagResource {
 public:
  UntagResource(rpc::RequestReader& request, Context& context)
      : context_(context), arn_(readTaggedGroup(request)), keys_(request.query("TagKeys").value_or("")) {
    if (keys_.empty()) {
      request.refuse("Value null at 'tagKeys' failed to satisfy constraint: Member must not be null");
    }
    request.finish();
  }

  std::string run(Transaction& transaction) const {
    Group group = findTaggedGroup(context_, transaction, arn_);
    std::istringstream keys(keys_);
    for (std::string key; std::getline(keys, key);) group.tags.erase(key);
    context_.catalog.putGroup(transaction, group);
    return "{}";
  }

 private:
  Context& context_;
  const std::string arn_;
  const std::string keys_;  // one a line
};

}  // namespace

void addUntagResource(rpc::RestApi& api, Context& context) {
  rpc::addWrite<UntagResource>(api, {"DELETE", "/tags/{ResourceArn}", "UntagResource"}, context);
}

}  // namespace ddblog::scheduler
