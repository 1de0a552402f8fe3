// UntagResource: removes tags from a function. Keys that it does not have are ignored.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_UntagResource.html
#include <string>
#include <vector>

#include "rpc/rest_operation.h"
#include "services/lambda/operations/context.h"
#include "services/lambda/operations/tagged_resource.h"

namespace ddblog::lambda {

namespace {

class UntagResource {
 public:
  UntagResource(rpc::RequestReader& request, Context& context)
      : context_(context), arn_(readTaggedResource(request)), keys_(request.queryList("tagKeys", "tagKeys")) {
    request.finish();
  }

  std::string run(Transaction& transaction) const {
    Function function = *findTaggedFunction(context_, transaction, arn_);
    for (const std::string& key : keys_) function.tags.erase(key);
    function.revision_id = context_.ids.uuid();
    context_.functions.put(transaction, function);
    return "";
  }

 private:
  Context& context_;
  const std::string arn_;
  const std::vector<std::string> keys_;
};

}  // namespace

void addUntagResource(rpc::RestApi& api, Context& context) {
  rpc::addWrite<UntagResource>(api, {"DELETE", "/2017-03-31/tags/{Resource}", "UntagResource", 204}, context);
}

}  // namespace ddblog::lambda
