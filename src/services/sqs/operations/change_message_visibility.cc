// ChangeMessageVisibility: sets when a message in flight becomes visible, counted from now. In all,
// a message is in flight for 12 hours at most.
#include <string>

#include "rpc/operation.h"
#include "services/sqs/operations/fields.h"
#include "services/sqs/queues/errors.h"
#include "services/sqs/queues/limits.h"

namespace ddblog::sqs {
namespace {

class ChangeMessageVisibility {
 public:
  ChangeMessageVisibility(rpc::RequestReader& request, Context& context) : context_(context) {
    name_ = readQueueName(request.fields());
    handle_ = requiredText(request.fields(), "ReceiptHandle");
    const auto visibility = readSeconds(request.fields(), "VisibilityTimeout", limits::kVisibilitySeconds);
    request.finish();
    if (!visibility) throw missingParameter("VisibilityTimeout");
    visibility_ = *visibility;
  }

  std::string run(Transaction& transaction) const {
    context_.messages.changeVisibility(transaction, context_.catalog.get(transaction, name_), handle_, visibility_);
    return {};
  }

 private:
  Context& context_;
  std::string name_;
  std::string handle_;
  std::chrono::seconds visibility_{0};
};

}  // namespace

void addChangeMessageVisibility(rpc::JsonApi& api, Context& context) {
  rpc::addWrite<ChangeMessageVisibility>(api, "ChangeMessageVisibility", context);
}

}  // namespace ddblog::sqs
