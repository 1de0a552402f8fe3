// AWS::Events::EventBus: a CreateEventBus request.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-events-eventbus.html
#include "template/resource.h"

namespace ddblog::templates {

namespace {

void readEventBus(Reading& reading, const Resource& resource) {
  reading.app.event_buses.push_back({{"Name", resource.name}});
}

}  // namespace

extern const ResourceType kEventBus;
const ResourceType kEventBus{"AWS::Events::EventBus", readEventBus};

}  // namespace ddblog::templates
