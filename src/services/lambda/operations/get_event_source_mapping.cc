#include "services/lambda/operations/get_event_source_mapping.h"

#include "base/api_error.h"
#include "base/json_writer.h"

namespace ddblog::lambda {

GetEventSourceMapping::GetEventSourceMapping(const rpc::Request& request, Context& context) {
  const std::string& uuid = request.parameters.at("UUID");
  for (const auto& mapping : context.mappings) {
    if (mapping->uuid() == uuid) mapping_ = mapping.get();
  }
  if (!mapping_) throw resourceNotFound("The resource you requested does not exist.", 404);
}

std::string GetEventSourceMapping::run() const {
  std::string body;
  JsonWriter json(body);
  mapping_->write(json);
  return body;
}

}  // namespace ddblog::lambda
