// PurgeQueue: removes all messages of a queue, at most once in 60 seconds.
#include <string>

#include "rpc/operation.h"
#include "services/sqs/operations/fields.h"
#include "services/sqs/queues/limits.h"

namespace ddblog::sqs {
namespace {

class PurgeQueue {
 public:
  PurgeQueue(rpc::RequestReader& request, Context& context) : context_(context) {
    name_ = readQueueName(request.fields());
    request.finish();
  }

  std::string run(Transaction& transaction) const {
    Queue queue = context_.catalog.get(transaction, name_);
    const RunningTime now = context_.clock.runningTime();
    const bool was_purged = queue.purged_at != RunningTime(Duration(0));
    if (was_purged && now < queue.purged_at + limits::kBetweenPurges) {
      throw ApiError("PurgeQueueInProgress",
                     "Only one PurgeQueue operation on " + name_ + " is allowed every 60 seconds.", 403);
    }
    queue.purged_at = now;
    context_.catalog.empty(transaction, queue);
    context_.catalog.put(transaction, queue);
    return {};
  }

 private:
  Context& context_;
  std::string name_;
};

}  // namespace

void addPurgeQueue(rpc::JsonApi& api, Context& context) { rpc::addWrite<PurgeQueue>(api, "PurgeQueue", context); }

}  // namespace ddblog::sqs
