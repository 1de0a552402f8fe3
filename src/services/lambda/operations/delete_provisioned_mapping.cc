// DeleteEventSourceMapping for templates: deletes the mapping of a function (by its name) and a source. Its
// checkpoints are kept: if it is put again, it continues from there. Nothing happens if there is no
// such mapping.
#include "rpc/operation.h"
#include "services/lambda/mappings/stored_mappings.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

namespace {

class DeleteProvisionedMapping {
 public:
  DeleteProvisionedMapping(rpc::RequestReader& request, Context&) {
    function_name_ = request.fields().string("FunctionName", {.required = true}).value_or("");
    source_ = request.fields().string("EventSourceArn", {.required = true}).value_or("");
    request.finish();
  }

  std::string run(Transaction& transaction) const {
    eraseMapping(transaction, function_name_, source_);
    return "{}";
  }

 private:
  std::string function_name_;
  std::string source_;
};

}  // namespace

void addDeleteProvisionedMapping(rpc::JsonApi& api, Context& context) {
  rpc::addWrite<DeleteProvisionedMapping>(api, "DeleteEventSourceMapping", context);
}

}  // namespace ddblog::lambda
