// RemovePermission: removes a statement from the queue's policy.
#include <algorithm>
#include <string>

#include "rpc/operation.h"
#include "services/sqs/operations/fields.h"
#include "services/sqs/operations/permissions.h"
#include "services/sqs/queues/errors.h"

namespace ddblog::sqs {
namespace {

class RemovePermission {
 public:
  RemovePermission(rpc::RequestReader& request, Context& context) : context_(context) {
    name_ = readQueueName(request.fields());
    label_ = requiredText(request.fields(), "Label");
    request.finish();
  }

  std::string run(Transaction& transaction) const {
    Queue queue = context_.catalog.get(transaction, name_);
    json::object policy = policyOf(queue);
    json::array& statements = policy.at("Statement").as_array();
    auto* const found = std::find_if(statements.begin(), statements.end(),
                                     [&](const json::value& one) { return hasLabel(one, label_); });
    if (found == statements.end()) throw invalidParameter(label_, "Label", "can't find label.");
    statements.erase(found);
    setPolicy(queue, policy);
    context_.catalog.put(transaction, queue);
    return {};
  }

 private:
  Context& context_;
  std::string name_;
  std::string label_;
};

}  // namespace

void addRemovePermission(rpc::JsonApi& api, Context& context) {
  rpc::addWrite<RemovePermission>(api, "RemovePermission", context);
}

}  // namespace ddblog::sqs
