// AWS::Lambda::EventSourceMapping: a CreateEventSourceMapping request.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-eventsourcemapping.html
#include "template/resource.h"

namespace ddblog::templates {

namespace {

void readEventSourceMapping(Reading& reading, const Resource& resource) {
  reading.app.event_source_mappings.push_back(resource.properties.object());
}

}  // namespace

extern const ResourceType kEventSourceMapping;
const ResourceType kEventSourceMapping{"AWS::Lambda::EventSourceMapping", "", "", "", readEventSourceMapping};

}  // namespace ddblog::templates
