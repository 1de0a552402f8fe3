#include "services/eventbridge/operations/untag_resource.h"

#include "services/eventbridge/operations/fields.h"
#include "services/eventbridge/operations/tagged_resource.h"

namespace ddblog::eventbridge {

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

}  // namespace ddblog::eventbridge
