// StartMessageMoveTask: starts to move the messages of a dead-letter queue back, or elsewhere.
//
// Errors: queues that do not exist; a source that is not a dead-letter queue; a source that
// already has a running task.
#include <algorithm>
#include <string>

#include "rpc/operation.h"
#include "services/sqs/operations/fields.h"
#include "services/sqs/queues/errors.h"
#include "services/sqs/queues/limits.h"

namespace ddblog::sqs {
namespace {

class StartMessageMoveTask {
 public:
  StartMessageMoveTask(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  bool isDeadLetterQueue(const Reader& reader) const;
  void checkDestination(const Reader& reader, const Queue& source) const;

  Context& context_;
  std::string source_arn_;
  std::string destination_arn_;
  std::uint32_t per_second_ = 0;
};

StartMessageMoveTask::StartMessageMoveTask(rpc::RequestReader& request, Context& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  source_arn_ = requiredText(fields, "SourceArn");
  destination_arn_ = fields.string("DestinationArn").value_or("");
  const auto per_second = fields.integer("MaxNumberOfMessagesPerSecond");
  request.finish();
  if (per_second && (*per_second < 1 || *per_second > limits::kMovesPerSecond)) {
    throw invalidParameter(std::to_string(*per_second), "MaxNumberOfMessagesPerSecond",
                           "Must be between 1 and 500, if provided.");
  }
  per_second_ = static_cast<std::uint32_t>(per_second.value_or(0));
}

bool StartMessageMoveTask::isDeadLetterQueue(const Reader& reader) const {
  const std::vector<Queue> queues = context_.catalog.all(reader);
  return std::any_of(queues.begin(), queues.end(), [&](const Queue& queue) {
    const auto policy = redrivePolicy(queue);
    return policy && policy->target_arn == source_arn_;
  });
}

void StartMessageMoveTask::checkDestination(const Reader& reader, const Queue& source) const {
  const auto destination = context_.catalog.find(reader, context_.catalog.nameInArn(destination_arn_));
  if (!destination) {
    throw noSuchResource("The resource that you specified for the DestinationArn parameter doesn't exist.");
  }
  if (destination->name == source.name) {
    throw invalidParameter("Source queue arn and destination queue arn cannot be the same.");
  }
  if (destination->isFifo() != source.isFifo()) {
    throw invalidParameter("Source and destination queues must be of the same type.");
  }
}

std::string StartMessageMoveTask::run(Transaction& transaction) const {
  const auto source = context_.catalog.find(transaction, context_.catalog.nameInArn(source_arn_));
  if (!source) throw noSuchResource("The resource that you specified for the SourceArn parameter doesn't exist.");
  if (!isDeadLetterQueue(transaction)) {
    throw invalidParameter("Source queue must be configured as a Dead Letter Queue.");
  }
  if (!destination_arn_.empty()) checkDestination(transaction, *source);
  const std::vector<MoveTask> earlier = MoveTasks::of(transaction, source->name, 1);
  if (!earlier.empty() && !earlier.front().isOver()) {
    throw invalidParameter(
        "There is already a task running. Only one active task is allowed for a source queue arn at a given time.");
  }
  MoveTask task;
  task.source_name = source->name;
  task.started_at = context_.clock.now();
  task.to_move = context_.messages.counts(transaction, *source).visible();
  task.per_second = per_second_;
  task.destination_arn = destination_arn_;
  context_.move_tasks.start(transaction, task);
  std::string out;
  JsonWriter(out).beginObject().key("TaskHandle").value(context_.move_tasks.handleOf(task)).endObject();
  return out;
}

}  // namespace

void addStartMessageMoveTask(rpc::JsonApi& api, Context& context) {
  rpc::addWrite<StartMessageMoveTask>(api, "StartMessageMoveTask", context);
}

}  // namespace ddblog::sqs
