#include "services/lambda/operations/list_event_source_mappings.h"

#include "base/json_writer.h"

namespace ddblog::lambda {

ListEventSourceMappings::ListEventSourceMappings(const rpc::Request& request, Context& context) : context_(context) {
  if (const auto found = request.query.find("EventSourceArn"); found != request.query.end()) source_ = found->second;
  if (const auto found = request.query.find("FunctionName"); found != request.query.end()) {
    function_name_ = context.functions.get(found->second)->name;
  }
}

std::string ListEventSourceMappings::run() const {
  std::string body;
  JsonWriter json(body);
  json.beginObject().key("EventSourceMappings").beginArray();
  for (const auto& mapping : context_.mappings) {
    if (!source_.empty() && mapping->settings().event_source_arn != source_) continue;
    if (!function_name_.empty() && mapping->settings().function_name != function_name_) continue;
    mapping->write(json);
  }
  json.endArray().endObject();
  return body;
}

}  // namespace ddblog::lambda
