// AWS::Events::Archive: a CreateArchive request.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-events-archive.html
#include "template/resource.h"

namespace ddblog::templates {

namespace {

void readArchive(Reading& reading, const Resource& resource) {
  const Properties& properties = resource.properties;
  json::object archive{{"ArchiveName", resource.name}};
  const auto source = properties.text("SourceArn");
  if (!source) throw TemplateError("an archive must have a SourceArn");
  archive["EventSourceArn"] = *source;
  for (const char* name : {"Description", "KmsKeyIdentifier"}) {
    if (const auto text = properties.text(name)) archive[name] = *text;
  }
  archive["EventPattern"] = "";  // all events, also if an earlier template had a pattern
  if (const json::value* pattern = properties.object().if_contains("EventPattern"); pattern && !pattern->is_null()) {
    archive["EventPattern"] = pattern->is_string() ? pattern->get_string() : json::string(json::serialize(*pattern));
  }
  archive["RetentionDays"] = properties.integer("RetentionDays").value_or(0);
  reading.app.archives.push_back(std::move(archive));
}

}  // namespace

extern const ResourceType kArchive;
const ResourceType kArchive{"AWS::Events::Archive", "ArchiveName", "events", "archive/", readArchive};

}  // namespace ddblog::templates
