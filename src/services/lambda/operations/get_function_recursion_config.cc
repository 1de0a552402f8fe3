// GetFunctionRecursionConfig: what would happen to recursive loops. The setting is kept; nothing ends
// a loop here.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionRecursionConfig.html
#include "base/json_fields.h"
#include "rpc/rest_operation.h"
#include "services/lambda/functions/function_name.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

namespace {

class GetFunctionRecursionConfig {
 public:
  GetFunctionRecursionConfig(rpc::RequestReader& request, Context& context)
      : context_(context), asked_(readFunctionReference(request)) {
    request.finish();
  }

  std::string run(const Reader& reader) const {
    const FunctionPointer function = context_.functions.get(reader, asked_.name);
    const json::value kept = parseJson(function->kept.empty() ? "{}" : function->kept);
    const std::string loop = textOf(kept.as_object(), "RecursiveLoop");
    return json::serialize(json::object{{"RecursiveLoop", loop.empty() ? "Terminate" : loop}});
  }

 private:
  Context& context_;
  const FunctionReference asked_;
};

}  // namespace

void addGetFunctionRecursionConfig(rpc::RestApi& api, Context& context) {
  rpc::addRead<GetFunctionRecursionConfig>(
      api, {"GET", "/2024-08-31/functions/{FunctionName}/recursion-config", "GetFunctionRecursionConfig"}, context);
}

}  // namespace ddblog::lambda
