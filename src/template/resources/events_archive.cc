// AWS::Events::Archive: a CreateArchive request.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-events-archive.html
#include "template/local_arns.h"
#include "template/resource.h"
#include "template/rules.h"

namespace ddblog::templates {

namespace {

void readArchive(Reading& reading, const Resource& resource) {
  const Properties& properties = resource.properties;
  json::object archive{{"ArchiveName", resource.name}};
  const auto source = properties.text("SourceArn");
  if (!source) throw TemplateError("an archive must have a SourceArn");
  if (!isBusHere(reading, resource.logical_id, *source, properties.placeOf("SourceArn"))) {
    ++reading.collected.left_out;
    return;
  }
  archive["EventSourceArn"] = arnHere(reading.intrinsics.pseudo(), "events", "event-bus/" + busName(*source));
  for (const char* name : {"Description", "KmsKeyIdentifier"}) {
    if (const auto text = properties.text(name)) archive[name] = *text;
  }
  // Without a pattern: all events, also if an earlier template had one.
  archive["EventPattern"] = properties.jsonText("EventPattern").value_or("");
  archive["RetentionDays"] = properties.integer("RetentionDays").value_or(0);
  needBus(reading, *source, properties.placeOf("SourceArn"));
  reading.app.archives.push_back(std::move(archive));
}

}  // namespace

extern const ResourceType kArchive;
const ResourceType kArchive{"AWS::Events::Archive", readArchive};

}  // namespace ddblog::templates
