// AWS::SQS::QueuePolicy and AWS::SQS::QueueInlinePolicy: a SetQueueAttributes request for each of
// their queues.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sqs-queuepolicy.html,
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sqs-queueinlinepolicy.html
#include <algorithm>

#include "base/json_fields.h"
#include "template/resource.h"

namespace ddblog::templates {

namespace {

std::string policyOf(const Resource& resource) {
  const auto policy = resource.properties.jsonText("PolicyDocument");
  if (!policy) throw TemplateError("has no PolicyDocument");
  return *policy;
}

// A policy of a queue that is of another stack is left out, with a note.
void setPolicy(Reading& reading, const Resource& resource, const std::string& url, const std::string& policy) {
  reading.collected.when_complete.push_back(
      [&findings = reading.findings, id = resource.logical_id, place = resource.place(), url, policy](App& app) {
        const auto isIt = [&](const json::object& queue) {
          const std::string name = textOf(queue, "QueueName");
          return url == name || url.ends_with("/" + name);
        };
        const auto queue = std::ranges::find_if(app.queues, isIt);
        if (queue == app.queues.end()) {
          return findings.note(place, id + ": the queue " + url + " is not in this template");
        }
        const std::string name = textOf(*queue, "QueueName");
        app.queue_policies.push_back({{"QueueUrl", name}, {"Attributes", {{"Policy", policy}}}});
        app.places.emplace("the policy of queue " + name, findings.at(place));
      });
}

void readQueuePolicy(Reading& reading, const Resource& resource) {
  const std::string policy = policyOf(resource);
  const Node* queues = resource.properties.find("Queues");
  if (!queues) throw TemplateError("has no Queues");
  if (!queues->isList()) throw TemplateError("Value of property Queues must be of type List", queues->place);
  for (const Node& url : queues->elements) {
    if (!url.isScalar()) throw TemplateError("Queues must be a list of URLs of queues", url.place);
    setPolicy(reading, resource, url.text, policy);
  }
}

void readQueueInlinePolicy(Reading& reading, const Resource& resource) {
  setPolicy(reading, resource, resource.properties.text("Queue").value_or(""), policyOf(resource));
}

}  // namespace

extern const ResourceType kQueueInlinePolicy;
extern const ResourceType kQueuePolicy;
const ResourceType kQueueInlinePolicy{"AWS::SQS::QueueInlinePolicy", readQueueInlinePolicy};
const ResourceType kQueuePolicy{"AWS::SQS::QueuePolicy", readQueuePolicy};

}  // namespace ddblog::templates
