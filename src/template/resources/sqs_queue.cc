// AWS::SQS::Queue: a CreateQueue request.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sqs-queue.html
#include <array>

#include "base/json_fields.h"
#include "template/queues.h"
#include "template/resource.h"

namespace ddblog::templates {

namespace {

constexpr std::array kTextAttributes = {"DeduplicationScope", "FifoThroughputLimit", "KmsMasterKeyId",
                                        "RedriveAllowPolicy", "RedrivePolicy"};
constexpr std::array kNumberAttributes = {
    "DelaySeconds",           "KmsDataKeyReusePeriodSeconds",  "MaximumMessageSize",
    "MessageRetentionPeriod", "ReceiveMessageWaitTimeSeconds", "VisibilityTimeout"};
constexpr std::array kBooleanAttributes = {"ContentBasedDeduplication", "FifoQueue", "SqsManagedSseEnabled"};

json::object tagsOf(const Node& list) {
  if (!list.isList()) throw TemplateError("Value of property Tags must be of type List", list.place);
  json::object tags;
  for (const Node& tag : list.elements) {
    const Properties pair(tag);
    tags[pair.text("Key").value_or("")] = pair.text("Value").value_or("");
  }
  return tags;
}

// The policy with the ARN of the dead-letter queue here. std::nullopt: it has no such ARN, as one that
// stands in for an unknown value, and a note says that there is no policy.
std::optional<std::string> redrivePolicyHere(Reading& reading, const Resource& resource, const std::string& given) {
  const Place place = resource.properties.placeOf("RedrivePolicy");
  json::value policy;
  try {
    policy = parseJson(given);
  } catch (const std::invalid_argument&) {
    throw TemplateError("RedrivePolicy must be JSON", place);
  }
  const std::string arn = policy.is_object() ? textOf(policy.get_object(), "deadLetterTargetArn") : "";
  if (!isQueueArn(arn)) {
    reading.findings.note(place, resource.logical_id + " has no dead-letter queue here: " +
                                     (arn.empty() ? "its deadLetterTargetArn" : arn) + " is no queue's ARN");
    return std::nullopt;
  }
  policy.get_object()["deadLetterTargetArn"] = needQueue(reading, arn, place);
  return jsonText(policy);
}

void readQueue(Reading& reading, const Resource& resource) {
  json::object attributes;
  const Properties& properties = resource.properties;
  for (const char* name : kTextAttributes) {
    const Node* value = properties.find(name);
    if (!value || properties.isLeftOut(name)) continue;
    attributes[name] = value->isScalar() ? value->text : jsonText(typedJson(name, *value, &reading.intrinsics));
  }
  for (const char* name : kNumberAttributes) {
    if (const auto number = properties.integer(name)) attributes[name] = std::to_string(*number);
  }
  for (const char* name : kBooleanAttributes) {
    if (const auto truth = properties.boolean(name)) attributes[name] = *truth ? "true" : "false";
  }
  if (const std::string policy = textOf(attributes, "RedrivePolicy"); !policy.empty()) {
    const auto here = redrivePolicyHere(reading, resource, policy);
    if (here) attributes["RedrivePolicy"] = *here;
    if (!here) attributes.erase("RedrivePolicy");
  }
  // A standard queue has no such attribute.
  if (!properties.boolean("FifoQueue").value_or(false)) attributes.erase("FifoQueue");
  json::object request{{"QueueName", resource.name}, {"Attributes", std::move(attributes)}};
  const Node* tags = properties.find("Tags");
  if (tags && !properties.isLeftOut("Tags")) request["tags"] = tagsOf(*tags);
  reading.app.queues.push_back(std::move(request));
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
