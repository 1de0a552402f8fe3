// DeleteFunction: deletes a function, by its name. Its waiting invocations are kept until they are
// too old. Nothing happens if there is no such function.
#include "rpc/operation.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

namespace {

class DeleteFunction {
 public:
  DeleteFunction(rpc::RequestReader& request, Context& context) : context_(context) {
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

void addDeleteFunction(rpc::JsonApi& api, Context& context) {
  rpc::addWrite<DeleteFunction>(api, "DeleteFunction", context);
}

}  // namespace ddblog::lambda
