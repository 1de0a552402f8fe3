// AWS::SQS::Queue: a CreateQueue request.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sqs-queue.html
#include <array>

#include "base/json_fields.h"
#include "template/resource.h"

namespace ddblog::templates {

namespace {

constexpr std::array kAttributes = {"ContentBasedDeduplication",
                                    "DeduplicationScope",
                                    "DelaySeconds",
                                    "FifoQueue",
                                    "FifoThroughputLimit",
                                    "KmsDataKeyReusePeriodSeconds",
                                    "KmsMasterKeyId",
                                    "MaximumMessageSize",
                                    "MessageRetentionPeriod",
                                    "ReceiveMessageWaitTimeSeconds",
                                    "RedriveAllowPolicy",
                                    "RedrivePolicy",
                                    "SqsManagedSseEnabled",
                                    "VisibilityTimeout"};

json::object tagsOf(const json::array& list) {
  json::object tags;
  for (const json::value& tag : list) {
    if (!tag.is_object()) throw TemplateError("Tags must be a list of maps");
    const Properties pair(tag.get_object());
    tags[pair.text("Key").value_or("")] = pair.text("Value").value_or("");
  }
  return tags;
}

void readQueue(Reading& reading, const Resource& resource) {
  json::object attributes;
  for (const char* name : kAttributes) {
    const json::value* value = memberOf(resource.properties.object(), name);
    if (!value || value->is_null()) continue;
    const bool is_structure = value->is_object() || value->is_array();
    attributes[name] = is_structure ? json::serialize(*value) : resource.properties.text(name).value_or("");
  }
  // A standard queue has no such attribute.
  if (resource.properties.text("FifoQueue").value_or("") != "true") attributes.erase("FifoQueue");
  json::object request{{"QueueName", resource.name}, {"Attributes", std::move(attributes)}};
  if (const json::array* tags = resource.properties.list("Tags")) request["tags"] = tagsOf(*tags);
  reading.app.queues.push_back(std::move(request));
}

// A FIFO queue's name must say so.
std::string defaultName(const std::string& logical_id, const Properties& unresolved) {
  const json::value* is_fifo = memberOf(unresolved.object(), "FifoQueue");
  const bool says_so = is_fifo && !is_fifo->is_object() && Properties(unresolved).text("FifoQueue") == "true";
  return says_so ? logical_id + ".fifo" : logical_id;
}

std::string queueUrl(const PseudoParameters& pseudo, const std::string& name) {
  return pseudo.endpoint + '/' + pseudo.account_id + '/' + name;
}

}  // namespace

extern const ResourceType kQueue;
const ResourceType kQueue{"AWS::SQS::Queue", "QueueName", "sqs", "", readQueue, defaultName, queueUrl};

}  // namespace ddblog::templates
