// ListTags: the tags of a function.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_ListTags.html
#include "base/json_writer.h"
#include "rpc/rest_operation.h"
#include "services/lambda/operations/context.h"
#include "services/lambda/operations/tagged_resource.h"

namespace ddblog::lambda {

namespace {

class ListTags {
 public:
  ListTags(rpc::RequestReader& request, Context& context) : context_(context), arn_(readTaggedResource(request)) {
    request.finish();
  }

  std::string run(const Reader& reader) const {
    const FunctionPointer function = findTaggedFunction(context_, reader, arn_);
    std::string body;
    JsonWriter json(body);
    json.beginObject().key("Tags").beginObject();
    for (const auto& [name, value] : function->tags) json.key(name).value(value);
    json.endObject().endObject();
    return body;
  }

 private:
  Context& context_;
  const std::string arn_;
};

}  // namespace

void addListTags(rpc::RestApi& api, Context& context) {
  rpc::addRead<ListTags>(api, {"GET", "/2017-03-31/tags/{Resource}", "ListTags"}, context);
}

}  // namespace ddblog::lambda
