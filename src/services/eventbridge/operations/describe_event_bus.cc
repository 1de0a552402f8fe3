// DescribeEventBus: one bus, `default` unless another is named.
#include <string>

#include "rpc/operation.h"
#include "services/eventbridge/bus/context.h"
#include "services/eventbridge/operations/fields.h"

namespace ddblog::eventbridge {
namespace {

class DescribeEventBus {
 public:
  DescribeEventBus(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  std::string name_;
};

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

}  // namespace

void addDescribeEventBus(rpc::JsonApi& api, Context& context) {
  rpc::addRead<DescribeEventBus>(api, "DescribeEventBus", context);
}

}  // namespace ddblog::eventbridge
