// UntagQueue: removes tags from a queue.
#include <string>
#include <vector>

#include "rpc/operation.h"
#include "services/sqs/operations/fields.h"
#include "services/sqs/queues/errors.h"

namespace ddblog::sqs {
namespace {

class UntagQueue {
 public:
  UntagQueue(rpc::RequestReader& request, Context& context) : context_(context) {
    name_ = readQueueName(request.fields());
    keys_ = request.fields().strings("TagKeys").value_or(std::vector<std::string>());
    request.finish();
    if (keys_.empty()) throw missingParameter("TagKeys");
  }

  std::string run(Transaction& transaction) const {
    Queue queue = context_.catalog.get(transaction, name_);
    for (const std::string& key : keys_) queue.tags.erase(key);
    context_.catalog.put(transaction, queue);
    return {};
  }

 private:
  Context& context_;
  std::string name_;
  std::vector<std::string> keys_;
};

}  // namespace

void addUntagQueue(rpc::JsonApi& api, Context& context) { rpc::addWrite<UntagQueue>(api, "UntagQueue", context); }

}  // namespace ddblog::sqs
