// AWS::Events::EventBus: a CreateEventBus request.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-events-eventbus.html
#include "template/resource.h"

namespace ddblog::templates {

namespace {

void readEventBus(Reading& reading, const Resource& resource) {
  if (resource.properties.has("EventSourceName")) {
    reading.findings.note(resource.place(), resource.logical_id + " does not run offline: it gets a partner's events");
    ++reading.collected.left_out;
    return;
  }
  reading.app.event_buses.push_back({{"Name", resource.name}});
}

}  // namespace

extern const ResourceType kEventBus;
const ResourceType kEventBus{"AWS::Events::EventBus", readEventBus};

}  // namespace ddblog::templates
