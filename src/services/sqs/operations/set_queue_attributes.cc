// SetQueueAttributes: changes attributes of a queue. An empty text removes a policy.
#include <string>

#include "rpc/operation.h"
#include "services/sqs/operations/fields.h"
#include "services/sqs/queues/attributes.h"
#include "services/sqs/queues/errors.h"

namespace ddblog::sqs {
namespace {

class SetQueueAttributes {
 public:
  SetQueueAttributes(rpc::RequestReader& request, Context& context) : context_(context) {
    name_ = readQueueName(request.fields());
    attributes_ = readTexts(request.fields(), "Attributes");
    request.finish();
    if (attributes_.empty()) throw missingParameter("Attribute.Name");
    checkAttributes(attributes_, name_.ends_with(".fifo"), false);
  }

  std::string run(Transaction& transaction) const {
    Queue queue = context_.catalog.get(transaction, name_);
    setAttributes(queue, attributes_);
    if (attributes_.contains("RedrivePolicy")) checkRedriveTarget(context_, transaction, queue);
    queue.modified_at = context_.clock.now();
    context_.catalog.put(transaction, queue);
    return {};
  }

 private:
  Context& context_;
  std::string name_;
  Texts attributes_;
};

}  // namespace

void addSetQueueAttributes(rpc::JsonApi& api, Context& context) {
  rpc::addWrite<SetQueueAttributes>(api, "SetQueueAttributes", context);
}

}  // namespace ddblog::sqs
