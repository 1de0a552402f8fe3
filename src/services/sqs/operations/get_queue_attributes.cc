// GetQueueAttributes: the attributes of a queue that the request names, or all of them.
#include <string>
#include <vector>

#include "rpc/operation.h"
#include "services/sqs/operations/fields.h"
#include "services/sqs/queues/attributes.h"
#include "services/sqs/queues/errors.h"

namespace ddblog::sqs {
namespace {

class GetQueueAttributes {
 public:
  GetQueueAttributes(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Texts allOf(const Reader& reader, const Queue& queue) const;

  Context& context_;
  std::string name_;
  std::vector<std::string> names_;
};

GetQueueAttributes::GetQueueAttributes(rpc::RequestReader& request, Context& context) : context_(context) {
  name_ = readQueueName(request.fields());
  names_ = request.fields().strings("AttributeNames").value_or(std::vector<std::string>());
  request.finish();
  for (const std::string& name : names_) {
    if (!isAttributeName(name)) throw invalidAttributeName("Unknown Attribute " + name + ".");
  }
}

Texts GetQueueAttributes::allOf(const Reader& reader, const Queue& queue) const {
  Texts all = queue.attributes;
  for (const char* name : {"DelaySeconds", "MaximumMessageSize", "MessageRetentionPeriod",
                           "ReceiveMessageWaitTimeSeconds", "SqsManagedSseEnabled", "VisibilityTimeout",
                           "ContentBasedDeduplication", "DeduplicationScope", "FifoQueue", "FifoThroughputLimit"}) {
    if (const std::string* value = queue.attribute(name)) all.insert_or_assign(name, *value);
  }
  const auto seconds = [](Timestamp time) { return std::to_string(time.time_since_epoch().count() / 1000); };
  const MessageCounts counts = context_.messages.counts(reader, queue);
  all["QueueArn"] = queue.arn;
  all["CreatedTimestamp"] = seconds(queue.created_at);
  all["LastModifiedTimestamp"] = seconds(queue.modified_at);
  all["ApproximateNumberOfMessages"] = std::to_string(counts.visible());
  all["ApproximateNumberOfMessagesDelayed"] = std::to_string(counts.delayed);
  all["ApproximateNumberOfMessagesNotVisible"] = std::to_string(counts.in_flight);
  return all;
}

std::string GetQueueAttributes::run(const Reader& reader) const {
  const Queue queue = context_.catalog.get(reader, name_);
  const Texts all = allOf(reader, queue);
  Texts chosen;
  for (const std::string& name : names_) {
    if (name == "All") chosen = all;
    if (const auto found = all.find(name); found != all.end()) chosen.insert(*found);
  }
  std::string out;
  JsonWriter json(out);
  json.beginObject();
  if (!chosen.empty()) {
    json.key("Attributes").beginObject();
    for (const auto& [name, value] : chosen) json.key(name).value(value);
    json.endObject();
  }
  json.endObject();
  return out;
}

}  // namespace

void addGetQueueAttributes(rpc::JsonApi& api, Context& context) {
  rpc::addRead<GetQueueAttributes>(api, "GetQueueAttributes", context);
}

}  // namespace ddblog::sqs
