// DeleteFunction for templates: deletes a function, by its name, with its versions and aliases. Its
// waiting invocations are kept until they are too old. Nothing happens if there is no such function.
#include "rpc/operation.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

namespace {

class DeleteProvisionedFunction {
 public:
  DeleteProvisionedFunction(rpc::RequestReader& request, Context& context) : context_(context) {
    name_ = request.fields().string("FunctionName", {.required = true}).value_or("");
    request.finish();
  }

  std::string run(Transaction& transaction) const {
    context_.functions.erase(transaction, name_);
    return "{}";
  }

 private:
  Context& context_;
  std::string name_;
};

}  // namespace

void addDeleteProvisionedFunction(rpc::JsonApi& api, Context& context) {
  rpc::addWrite<DeleteProvisionedFunction>(api, "DeleteFunction", context);
}

}  // namespace ddblog::lambda
