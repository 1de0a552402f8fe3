// TagQueue: adds tags to a queue, or replaces their values; at most 50 on a queue.
#include <string>

#include "rpc/operation.h"
#include "services/sqs/operations/fields.h"
#include "services/sqs/queues/errors.h"
#include "services/sqs/queues/limits.h"

namespace ddblog::sqs {
namespace {

class TagQueue {
 public:
  TagQueue(rpc::RequestReader& request, Context& context) : context_(context) {
    name_ = readQueueName(request.fields());
    tags_ = readTags(request.fields(), "Tags");
    request.finish();
    if (tags_.empty()) throw missingParameter("Tags");
  }

  std::string run(Transaction& transaction) const {
    Queue queue = context_.catalog.get(transaction, name_);
    for (const auto& [key, value] : tags_) queue.tags.insert_or_assign(key, value);
    if (queue.tags.size() > limits::kTags) throw invalidParameter("Too many tags added for queue " + name_ + ".");
    context_.catalog.put(transaction, queue);
    return {};
  }

 private:
  Context& context_;
  std::string name_;
  Texts tags_;
};

}  // namespace

void addTagQueue(rpc::JsonApi& api, Context& context) { rpc::addWrite<TagQueue>(api, "TagQueue", context); }

}  // namespace ddblog::sqs
