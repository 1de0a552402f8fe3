// GetFunctionConcurrency: the reserved concurrency of a function; {} if it has none.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConcurrency.html
#include "base/json_writer.h"
#include "rpc/rest_operation.h"
#include "services/lambda/functions/function_name.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

namespace {

class GetFunctionConcurrency {
 public:
  GetFunctionConcurrency(rpc::RequestReader& request, Context& context)
      : context_(context), asked_(readFunctionReference(request)) {
    request.finish();
  }

  std::string run(const Reader& reader) const {
    const FunctionPointer function = context_.functions.get(reader, asked_.name, asked_.qualifier);
    std::string body;
    JsonWriter json(body);
    json.beginObject();
    if (const auto reserved = function->reserved_concurrency) json.key("ReservedConcurrentExecutions").value(*reserved);
    json.endObject();
    return body;
  }

 private:
  Context& context_;
  const FunctionReference asked_;
};

}  // namespace

void addGetFunctionConcurrency(rpc::RestApi& api, Context& context) {
  rpc::addRead<GetFunctionConcurrency>(
      api, {"GET", "/2019-09-30/functions/{FunctionName}/concurrency", "GetFunctionConcurrency"}, context);
}

}  // namespace ddblog::lambda
