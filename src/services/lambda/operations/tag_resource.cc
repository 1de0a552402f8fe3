// TagResource: adds tags to a function, and replaces those with the same keys.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_TagResource.html
#include "rpc/rest_operation.h"
#include "services/lambda/functions/errors.h"
#include "services/lambda/operations/context.h"
#include "services/lambda/operations/function_settings.h"
#include "services/lambda/operations/tagged_resource.h"

namespace ddblog::lambda {

namespace {

class TagResource {
 public:
  TagResource(rpc::RequestReader& request, Context& context) : context_(context), arn_(readTaggedResource(request)) {
    const auto tags = request.fields().stringMap("Tags", {.required = true});
    request.finish();
    if (tags->empty()) throw invalidParameterValue("An error occurred and the request cannot be processed.");
    for (const auto& [name, value] : *tags) tags_[name] = value;
  }

  std::string run(Transaction& transaction) const {
    Function function = *findTaggedFunction(context_, transaction, arn_);
    for (const auto& [name, value] : tags_) function.tags[name] = value;
    checkTags(function.tags);
    function.revision_id = context_.ids.uuid();
    context_.functions.put(transaction, function);
    return "";
  }

 private:
  Context& context_;
  const std::string arn_;
  std::map<std::string, std::string> tags_;
};

}  // namespace

void addTagResource(rpc::RestApi& api, Context& context) {
  rpc::addWrite<TagResource>(api, {"POST", "/2017-03-31/tags/{Resource}", "TagResource", 204}, context);
}

}  // namespace ddblog::lambda
