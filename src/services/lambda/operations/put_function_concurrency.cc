// PutFunctionConcurrency: reserves concurrency for a function, which is also its limit. 0: it is never
// invoked.
//
// Rejects: broken constraints; ResourceNotFoundException; InvalidParameterValueException if too little
// would be left for the other functions of the account.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html
#include "rpc/rest_operation.h"
#include "services/lambda/functions/errors.h"
#include "services/lambda/functions/function_name.h"
#include "services/lambda/operations/account.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

namespace {

class PutFunctionConcurrency {
 public:
  PutFunctionConcurrency(rpc::RequestReader& request, Context& context)
      : context_(context),
        asked_(readFunctionReference(request)),
        reserved_(request.fields()
                      .integer("ReservedConcurrentExecutions", {.required = true, .min = 0, .max = 1'000'000})
                      .value_or(0)) {
    request.finish();
    rejectQualifier(asked_);
  }

  std::string run(Transaction& transaction) const {
    const FunctionPointer function = context_.functions.get(transaction, asked_.name);
    const int left = limits::kAccountConcurrency - reservedConcurrency(context_.functions, transaction) +
                     function->reserved_concurrency.value_or(0) - static_cast<int>(reserved_);
    if (left < limits::kUnreservedConcurrency) {
      throw invalidParameterValue(
          "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below "
          "its minimum value of [" +
          std::to_string(limits::kUnreservedConcurrency) + "].");
    }
    reserveConcurrency(context_, transaction, *function, static_cast<int>(reserved_));
    return json::serialize(json::object{{"ReservedConcurrentExecutions", reserved_}});
  }

 private:
  Context& context_;
  const FunctionReference asked_;
  const std::int64_t reserved_;
};

}  // namespace

void addPutFunctionConcurrency(rpc::RestApi& api, Context& context) {
  rpc::addWrite<PutFunctionConcurrency>(
      api, {"PUT", "/2017-10-31/functions/{FunctionName}/concurrency", "PutFunctionConcurrency"}, context);
}

}  // namespace ddblog::lambda
