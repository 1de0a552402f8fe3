// AWS::SQS::Queue: a CreateQueue request.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sqs-queue.html
#include <algorithm>
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

json::object tagsOf(const Node& list) {
  if (!list.isList()) throw TemplateError("Value of property Tags must be of type List", list.place);
  json::object tags;
  for (const Node& tag : list.elements) {
    const Properties pair(tag);
    tags[pair.text("Key").value_or("")] = pair.text("Value").value_or("");
  }
  return tags;
}

// Without its RedrivePolicy, and with a note, if the dead-letter queue is of another stack: it could
// not be set.
void checkDeadLetterQueue(Reading& reading, const Resource& resource) {
  reading.collected.when_complete.push_back([&findings = reading.findings, id = resource.logical_id,
                                             name = resource.name,
                                             place = resource.properties.placeOf("RedrivePolicy")](App& app) {
    const auto named = [](const std::string& wanted) {
      return [wanted](const json::object& queue) { return textOf(queue, "QueueName") == wanted; };
    };
    const auto queue = std::ranges::find_if(app.queues, named(name));
    json::object& attributes = queue->at("Attributes").as_object();
    const std::string policy = textOf(attributes, "RedrivePolicy");
    const std::size_t target = policy.find("arn:aws:sqs:");
    const std::string arn = target == std::string::npos ? "" : policy.substr(target, policy.find('"', target) - target);
    if (std::ranges::any_of(app.queues, named(arn.substr(arn.rfind(':') + 1)))) return;
    findings.note(place, id + ": the dead-letter queue " + arn + " is not in this template");
    attributes.erase("RedrivePolicy");
  });
}

void readQueue(Reading& reading, const Resource& resource) {
  json::object attributes;
  const Properties& properties = resource.properties;
  for (const char* name : kAttributes) {
    const Node* value = properties.find(name);
    if (!value || properties.isLeftOut(name)) continue;
    attributes[name] = value->isScalar() ? value->text : jsonText(typedJson(name, *value, &reading.intrinsics));
  }
  for (const char* name : {"ContentBasedDeduplication", "FifoQueue", "SqsManagedSseEnabled"}) {
    if (const auto truth = properties.boolean(name)) attributes[name] = *truth ? "true" : "false";
  }
  // A standard queue has no such attribute.
  if (!properties.boolean("FifoQueue").value_or(false)) attributes.erase("FifoQueue");
  json::object request{{"QueueName", resource.name}, {"Attributes", std::move(attributes)}};
  if (const Node* tags = properties.find("Tags")) request["tags"] = tagsOf(*tags);
  reading.app.queues.push_back(std::move(request));
  if (properties.has("RedrivePolicy")) checkDeadLetterQueue(reading, resource);
}

// A FIFO queue's name must say so.
std::string defaultName(const std::string& name, const Node& properties) {
  const Node* is_fifo = properties.given("FifoQueue");
  return is_fifo && plainScalar(is_fifo->text) == json::value(true) ? name + ".fifo" : name;
}

}  // namespace

extern const ResourceType kQueue;
const ResourceType kQueue{"AWS::SQS::Queue", readQueue, defaultName};

}  // namespace ddblog::templates
