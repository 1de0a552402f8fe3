// GetAccountSettings: the account's limits, and how much of them is used.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html
#include "rpc/rest_operation.h"
#include "services/lambda/code/limits.h"
#include "services/lambda/functions/layers.h"
#include "services/lambda/operations/account.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

namespace {

constexpr std::int64_t kTotalCodeBytes = 80'530'636'800;
constexpr std::int64_t kZippedBytes = 52'428'800;

class GetAccountSettings {
 public:
  GetAccountSettings(rpc::RequestReader& request, Context& context) : context_(context) { request.finish(); }

  std::string run(const Reader& reader) const {
    const Functions& functions = context_.functions;
    std::uint64_t code_bytes = 0;
    std::int64_t count = 0;
    for (const FunctionPointer& function : functions.list(reader)) {
      ++count;
      code_bytes += function->code.size;
      for (const FunctionPointer& version : functions.versions(reader, function->name))
        code_bytes += version->code.size;
    }
    for (const LayerVersion& newest : newestLayers(reader)) {
      for (const LayerVersion& layer : versionsOfLayer(reader, newest.name)) code_bytes += layer.code.size;
    }
    std::string body;
    JsonWriter json(body);
    json.beginObject().key("AccountLimit").beginObject();
    json.key("TotalCodeSize").value(kTotalCodeBytes);
    json.key("CodeSizeUnzipped").value(static_cast<std::int64_t>(limits::kUnzippedBytes));
    json.key("CodeSizeZipped").value(kZippedBytes);
    json.key("ConcurrentExecutions").value(limits::kAccountConcurrency);
    json.key("UnreservedConcurrentExecutions")
        .value(limits::kAccountConcurrency - reservedConcurrency(functions, reader));
    json.endObject().key("AccountUsage").beginObject();
    json.key("TotalCodeSize").value(code_bytes).key("FunctionCount").value(count);
    json.endObject().endObject();
    return body;
  }

 private:
  Context& context_;
};

}  // namespace

void addGetAccountSettings(rpc::RestApi& api, Context& context) {
  rpc::addRead<GetAccountSettings>(api, {"GET", "/2016-08-19/account-settings", "GetAccountSettings"}, context);
}

}  // namespace ddblog::lambda
