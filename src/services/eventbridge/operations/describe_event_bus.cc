#include "services/eventbridge/operations/describe_event_bus.h"

#include "services/eventbridge/operations/fields.h"

namespace ddblog::eventbridge {

DescribeEventBus::DescribeEventBus(rpc::RequestReader& request, Context& context) : context_(context) {
  const auto name = request.fields().string("Name", busNameOrArnRule());
  request.finish();
  name_ = name ? context.arns.busName(*name) : std::string(kDefaultBus);
}

std::string DescribeEventBus::run(const Reader& reader) const {
  const Bus bus = context_.catalog.bus(reader, name_);
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("Name").value(bus.name).key("Arn").value(context_.arns.bus(bus.name));
  if (!bus.description.empty()) json.key("Description").value(bus.description);
  for (const auto& setting : bus.settings) json.key(setting.key()).raw(json::serialize(setting.value()));
  writeBusTimes(json, bus);
  json.endObject();
  return out;
}

}  // namespace ddblog::eventbridge
