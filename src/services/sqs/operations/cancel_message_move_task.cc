// CancelMessageMoveTask: ends a task that runs. What it has moved stays moved.
#include <string>
#include <utility>

#include "rpc/operation.h"
#include "services/sqs/operations/fields.h"
#include "services/sqs/queues/errors.h"

namespace ddblog::sqs {
namespace {

class CancelMessageMoveTask {
 public:
  CancelMessageMoveTask(rpc::RequestReader& request, Context& context) : context_(context) {
    const std::string handle = requiredText(request.fields(), "TaskHandle");
    request.finish();
    const auto parsed = MoveTasks::parseHandle(handle);
    if (!parsed) throw invalidParameter("Value for parameter TaskHandle is invalid.");
    std::tie(source_arn_, id_) = *parsed;
  }

  std::string run(Transaction& transaction) const {
    const auto source = context_.catalog.find(transaction, context_.catalog.nameInArn(source_arn_));
    if (!source) throw noSuchResource("The resource that you specified for the SourceArn parameter doesn't exist.");
    auto task = MoveTasks::find(transaction, source->name, id_);
    if (!task) throw noSuchResource("Task does not exist.");
    if (task->isOver()) throw unsupportedOperation("Only active tasks can be cancelled.");
    task->status = MoveTask::Status::kCancelling;
    context_.move_tasks.change(transaction, *task);
    std::string out;
    JsonWriter(out).beginObject().key("ApproximateNumberOfMessagesMoved").value(task->moved).endObject();
    return out;
  }

 private:
  Context& context_;
  std::string source_arn_;
  std::uint64_t id_ = 0;
};

}  // namespace

void addCancelMessageMoveTask(rpc::JsonApi& api, Context& context) {
  rpc::addWrite<CancelMessageMoveTask>(api, "CancelMessageMoveTask", context);
}

}  // namespace ddblog::sqs
