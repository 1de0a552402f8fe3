// ListMessageMoveTasks: the message move tasks of a queue, the newest first: one, or up to ten.
#include <string>

#include "rpc/operation.h"
#include "services/sqs/operations/fields.h"
#include "services/sqs/queues/errors.h"
#include "services/sqs/queues/limits.h"

namespace ddblog::sqs {
namespace {

class ListMessageMoveTasks {
 public:
  ListMessageMoveTasks(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  void write(JsonWriter& json, const MoveTask& task) const;

  Context& context_;
  std::string source_arn_;
  std::size_t most_ = 1;
};

ListMessageMoveTasks::ListMessageMoveTasks(rpc::RequestReader& request, Context& context) : context_(context) {
  source_arn_ = requiredText(request.fields(), "SourceArn");
  const auto most = request.fields().integer("MaxResults");
  request.finish();
  if (most && (*most < 1 || *most > static_cast<std::int64_t>(limits::kListedTasks))) {
    throw invalidParameter(std::to_string(*most), "MaxResults", "Must be between 1 and 10, if provided.");
  }
  most_ = static_cast<std::size_t>(most.value_or(1));
}

void ListMessageMoveTasks::write(JsonWriter& json, const MoveTask& task) const {
  json.beginObject();
  if (task.status == MoveTask::Status::kRunning) json.key("TaskHandle").value(context_.move_tasks.handleOf(task));
  json.key("Status").value(statusName(task.status));
  json.key("SourceArn").value(context_.catalog.arnOf(task.source_name));
  if (!task.destination_arn.empty()) json.key("DestinationArn").value(task.destination_arn);
  if (task.per_second > 0) {
    json.key("MaxNumberOfMessagesPerSecond").value(static_cast<std::uint64_t>(task.per_second));
  }
  json.key("ApproximateNumberOfMessagesMoved").value(task.moved);
  json.key("ApproximateNumberOfMessagesToMove").value(task.to_move);
  if (!task.failure.empty()) json.key("FailureReason").value(task.failure);
  json.key("StartedTimestamp").value(static_cast<std::int64_t>(task.started_at.time_since_epoch().count()));
  json.endObject();
}

std::string ListMessageMoveTasks::run(const Reader& reader) const {
  const auto source = context_.catalog.find(reader, context_.catalog.nameInArn(source_arn_));
  if (!source) throw noSuchResource("The resource that you specified for the SourceArn parameter doesn't exist.");
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("Results").beginArray();
  for (const MoveTask& task : MoveTasks::of(reader, source->name, most_)) write(json, task);
  json.endArray().endObject();
  return out;
}

}  // namespace

void addListMessageMoveTasks(rpc::JsonApi& api, Context& context) {
  rpc::addRead<ListMessageMoveTasks>(api, "ListMessageMoveTasks", context);
}

}  // namespace ddblog::sqs
