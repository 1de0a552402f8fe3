// AWS::SQS::QueuePolicy: a SetQueueAttributes request for each of its queues.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sqs-queuepolicy.html
#include "template/resource.h"

namespace ddblog::templates {

namespace {

void readQueuePolicy(Reading& reading, const Resource& resource) {
  const json::object* policy = resource.properties.map("PolicyDocument");
  const json::array* queues = resource.properties.list("Queues");
  if (!policy) throw TemplateError("has no PolicyDocument");
  if (!queues) throw TemplateError("has no Queues");
  for (const json::value& url : *queues) {
    if (!url.is_string()) throw TemplateError("Queues must be a list of URLs of queues");
    reading.app.queue_policies.push_back({{"QueueUrl", url}, {"Attributes", {{"Policy", json::serialize(*policy)}}}});
  }
}

}  // namespace

extern const ResourceType kQueuePolicy;
const ResourceType kQueuePolicy{"AWS::SQS::QueuePolicy", "", "", "", readQueuePolicy};

}  // namespace ddblog::templates
