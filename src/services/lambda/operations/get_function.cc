// GetFunction: a function's configuration, and where its code is.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html
#include <filesystem>

#include "rpc/rest_operation.h"
#include "services/lambda/functions/function_json.h"
#include "services/lambda/functions/function_name.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

namespace {

class GetFunction {
 public:
  GetFunction(rpc::RequestReader& request, Context& context)
      : context_(context), asked_(readFunctionReference(request)) {
    request.finish();
  }

  std::string run(const Reader& reader) const {
    const FunctionPointer function = context_.functions.get(reader, asked_.name, asked_.qualifier);
    std::string body;
    JsonWriter json(body);
    json.beginObject().key("Configuration");
    writeConfiguration(json, *function, !asked_.qualifier.empty());
    json.key("Code").beginObject();
    if (function->code.sha256.empty()) {
      json.key("RepositoryType").value("Local");
      json.key("Location").value("file://" + std::filesystem::absolute(function->code_directory).string());
    } else {
      json.key("RepositoryType").value("S3");
    }
    json.endObject();
    if (const FunctionPointer latest = context_.functions.find(reader, function->name); !latest->tags.empty()) {
      json.key("Tags").beginObject();
      for (const auto& [name, value] : latest->tags) json.key(name).value(value);
      json.endObject();
    }
    if (function->reserved_concurrency) {
      json.key("Concurrency").beginObject();
      json.key("ReservedConcurrentExecutions").value(*function->reserved_concurrency).endObject();
    }
    json.endObject();
    return body;
  }

 private:
  Context& context_;
  const FunctionReference asked_;
};

}  // namespace

void addGetFunction(rpc::RestApi& api, Context& context) {
  rpc::addRead<GetFunction>(api, {"GET", "/2015-03-31/functions/{FunctionName}", "GetFunction"}, context);
}

}  // namespace ddblog::lambda
