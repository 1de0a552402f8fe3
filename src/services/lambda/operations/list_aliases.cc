// ListAliases: the aliases of a function by name, those of one version if the request says so, in
// pages of MaxItems (at most 50).
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_ListAliases.html
#include "rpc/rest_operation.h"
#include "services/lambda/functions/aliases.h"
#include "services/lambda/functions/function_name.h"
#include "services/lambda/operations/alias_settings.h"
#include "services/lambda/operations/context.h"
#include "services/lambda/operations/pages.h"

namespace ddblog::lambda {

namespace {

class ListAliases {
 public:
  ListAliases(rpc::RequestReader& request, Context& context)
      : context_(context),
        asked_(readFunctionReference(request)),
        version_(request.query("FunctionVersion", versionRule()).value_or("")),
        page_(request) {
    request.finish();
  }

  std::string run(const Reader& reader) const {
    const FunctionPointer function = context_.functions.get(reader, asked_.name);
    std::vector<Alias> aliases = aliasesOf(reader, function->name);
    if (!version_.empty()) std::erase_if(aliases, [&](const Alias& alias) { return alias.version != version_; });
    return page_.write("Aliases", aliases,
                       [&](JsonWriter& json, const Alias& alias) { writeAlias(json, function->arn, alias); });
  }

 private:
  Context& context_;
  const FunctionReference asked_;
  const std::string version_;  // empty: any
  const Page page_;
};

}  // namespace

void addListAliases(rpc::RestApi& api, Context& context) {
  rpc::addRead<ListAliases>(api, {"GET", "/2015-03-31/functions/{FunctionName}/aliases", "ListAliases"}, context);
}

}  // namespace ddblog::lambda
