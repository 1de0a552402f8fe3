// AWS::Lambda::EventSourceMapping: a CreateEventSourceMapping request.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-eventsourcemapping.html
#include "template/mappings.h"
#include "template/resource.h"

namespace ddblog::templates {

namespace {

void readEventSourceMapping(Reading& reading, const Resource& resource) {
  const std::string function = resource.properties.text("FunctionName").value_or("");
  const std::string source = resource.properties.text("EventSourceArn").value_or("");
  if (!addMapping(reading, resource.logical_id, resource.properties, source, function)) ++reading.collected.left_out;
}

}  // namespace

extern const ResourceType kEventSourceMapping;
const ResourceType kEventSourceMapping{"AWS::Lambda::EventSourceMapping", readEventSourceMapping};

}  // namespace ddblog::templates
