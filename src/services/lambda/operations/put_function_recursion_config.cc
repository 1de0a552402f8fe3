// PutFunctionRecursionConfig: sets what would happen to recursive loops. The setting is kept; nothing
// ends a loop here.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionRecursionConfig.html
#include "rpc/rest_operation.h"
#include "services/lambda/functions/function_name.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

namespace {

class PutFunctionRecursionConfig {
 public:
  PutFunctionRecursionConfig(rpc::RequestReader& request, Context& context)
      : context_(context),
        asked_(readFunctionReference(request)),
        loop_(request.fields()
                  .string("RecursiveLoop", {.required = true, .one_of = {"Allow", "Terminate"}})
                  .value_or("")) {
    request.finish();
  }

  std::string run(Transaction& transaction) const {
    Function function = *context_.functions.get(transaction, asked_.name);
    json::object kept = function.kept.empty() ? json::object() : parseJson(function.kept).as_object();
    kept["RecursiveLoop"] = loop_;
    function.kept = json::serialize(kept);
    context_.functions.put(transaction, function);
    return json::serialize(json::object{{"RecursiveLoop", loop_}});
  }

 private:
  Context& context_;
  const FunctionReference asked_;
  const std::string loop_;
};

}  // namespace

void addPutFunctionRecursionConfig(rpc::RestApi& api, Context& context) {
  rpc::addWrite<PutFunctionRecursionConfig>(
      api, {"PUT", "/2024-08-31/functions/{FunctionName}/recursion-config", "PutFunctionRecursionConfig"}, context);
}

}  // namespace ddblog::lambda
