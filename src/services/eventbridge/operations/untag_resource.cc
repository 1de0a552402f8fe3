// UntagResource: removes tags from a bus or a rule.
#include <string>
#include <vector>

#include "rpc/operation.h"
#include "services/eventbridge/bus/context.h"
#include "services/eventbridge/operations/fields.h"
#include "services/eventbridge/operations/tagged_resource.h"

namespace ddblog::eventbridge {
namespace {

class UntagResource {
 public:
  UntagResource(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string arn_;
  std::vector<std::string> keys_;
};

UntagResource::UntagResource(rpc::RequestReader& request, Context& context) : context_(context) {
  arn_ = request.fields().string("ResourceARN", arnRule(true)).value_or("");
  keys_ = request.fields().strings("TagKeys", {.required = true}, {.min = 1, .max = 128}).value_or(keys_);
  request.finish();
}

std::string UntagResource::run(Transaction& transaction) const {
  changeTags(transaction, context_, arn_, [this](json::object& tags) {
    for (const std::string& key : keys_) tags.erase(key);
  });
  return "{}";
}

}  // namespace

void addUntagResource(rpc::JsonApi& api, Context& context) {
  rpc::addWrite<UntagResource>(api, "UntagResource", context);
}

}  // namespace ddblog::eventbridge
