// GetFunctionConfiguration: the settings of a function.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html
#include "rpc/rest_operation.h"
#include "services/lambda/functions/function_json.h"
#include "services/lambda/functions/function_name.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

namespace {

class GetFunctionConfiguration {
 public:
  GetFunctionConfiguration(rpc::RequestReader& request, Context& context)
      : context_(context), asked_(readFunctionReference(request)) {
    request.finish();
  }

  std::string run(const Reader& reader) const {
    std::string body;
    JsonWriter json(body);
    writeConfiguration(json, *context_.functions.get(reader, asked_.name, asked_.qualifier), !asked_.qualifier.empty());
    return body;
  }

 private:
  Context& context_;
  const FunctionReference asked_;
};

}  // namespace

void addGetFunctionConfiguration(rpc::RestApi& api, Context& context) {
  rpc::addRead<GetFunctionConfiguration>(
      api, {"GET", "/2015-03-31/functions/{FunctionName}/configuration", "GetFunctionConfiguration"}, context);
}

}  // namespace ddblog::lambda
