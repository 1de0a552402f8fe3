// ListFunctionEventInvokeConfigs: the settings of asynchronous invocations that $LATEST, the versions
// and the aliases of a function have, in pages of MaxItems (at most 50).
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctionEventInvokeConfigs.html
#include "rpc/rest_operation.h"
#include "services/lambda/functions/aliases.h"
#include "services/lambda/operations/context.h"
#include "services/lambda/operations/invoke_config.h"
#include "services/lambda/operations/pages.h"

namespace ddblog::lambda {

namespace {

class ListFunctionEventInvokeConfigs {
 public:
  ListFunctionEventInvokeConfigs(rpc::RequestReader& request, Context& context)
      : context_(context), asked_(readFunctionReference(request)), page_(request) {
    request.finish();
  }

  std::string run(const Reader& reader) const {
    const FunctionPointer latest = configuredFunction(context_, reader, {asked_.name, {}});
    std::vector<FunctionPointer> all = context_.functions.versions(reader, latest->name);
    all.insert(all.begin(), latest);
    for (const Alias& alias : aliasesOf(reader, latest->name)) {
      all.push_back(context_.functions.get(reader, latest->name, alias.name));
    }
    std::erase_if(all, [](const FunctionPointer& function) { return !function->asynchronous.configured_at; });
    return page_.write("FunctionEventInvokeConfigs", all,
                       [](JsonWriter& json, const FunctionPointer& function) { writeInvokeConfig(json, *function); });
  }

 private:
  Context& context_;
  const FunctionReference asked_;
  const Page page_;
};

}  // namespace

void addListFunctionEventInvokeConfigs(rpc::RestApi& api, Context& context) {
  rpc::addRead<ListFunctionEventInvokeConfigs>(
      api, {"GET", "/2019-09-25/functions/{FunctionName}/event-invoke-config/list", "ListFunctionEventInvokeConfigs"},
      context);
}

}  // namespace ddblog::lambda
