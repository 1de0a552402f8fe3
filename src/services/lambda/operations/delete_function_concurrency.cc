// DeleteFunctionConcurrency: removes a function's reserved concurrency, and with it the function's limit.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionConcurrency.html
#include "rpc/rest_operation.h"
#include "services/lambda/functions/function_name.h"
#include "services/lambda/operations/account.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

namespace {

class DeleteFunctionConcurrency {
 public:
  DeleteFunctionConcurrency(rpc::RequestReader& request, Context& context)
      : context_(context), asked_(readFunctionReference(request)) {
    request.finish();
    rejectQualifier(asked_);
  }

  std::string run(Transaction& transaction) const {
    reserveConcurrency(context_, transaction, *context_.functions.get(transaction, asked_.name), std::nullopt);
    return "";
  }

 private:
  Context& context_;
  const FunctionReference asked_;
};

}  // namespace

void addDeleteFunctionConcurrency(rpc::RestApi& api, Context& context) {
  rpc::addWrite<DeleteFunctionConcurrency>(
      api, {"DELETE", "/2017-10-31/functions/{FunctionName}/concurrency", "DeleteFunctionConcurrency", 204}, context);
}

}  // namespace ddblog::lambda
