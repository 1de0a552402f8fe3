// GetAlias: what an alias points to.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_GetAlias.html
#include "rpc/rest_operation.h"
#include "services/lambda/functions/function_name.h"
#include "services/lambda/operations/alias_settings.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

namespace {

class GetAlias {
 public:
  GetAlias(rpc::RequestReader& request, Context& context)
      : context_(context),
        asked_(readFunctionReference(request)),
        name_(request.pathParameter("Name", aliasNameRule())) {
    request.finish();
  }

  std::string run(const Reader& reader) const {
    const FunctionPointer function = context_.functions.get(reader, asked_.name);
    std::string body;
    JsonWriter json(body);
    writeAlias(json, function->arn, getAlias(reader, *function, name_));
    return body;
  }

 private:
  Context& context_;
  const FunctionReference asked_;
  const std::string name_;
};

}  // namespace

void addGetAlias(rpc::RestApi& api, Context& context) {
  rpc::addRead<GetAlias>(api, {"GET", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", "GetAlias"}, context);
}

}  // namespace ddblog::lambda
