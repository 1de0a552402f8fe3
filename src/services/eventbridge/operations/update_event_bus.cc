// UpdateEventBus: changes a bus's description and settings. What is not given stays.
// Errors: constraints, a missing bus.
#include <optional>
#include <string>

#include "rpc/operation.h"
#include "services/eventbridge/bus/context.h"
#include "services/eventbridge/operations/fields.h"
#include "services/eventbridge/operations/permission_fields.h"

namespace ddblog::eventbridge {
namespace {

class UpdateEventBus {
 public:
  UpdateEventBus(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string name_;
  std::optional<std::string> description_;
  json::object settings_;
  Timestamp now_;
};

UpdateEventBus::UpdateEventBus(rpc::RequestReader& request, Context& context)
    : context_(context), now_(context.clock.now()) {
  rpc::ObjectReader& fields = request.fields();
  rpc::StringRule name = busNameRule();
  name.required = false;
  name_ = fields.string("Name", name).value_or(std::string(kDefaultBus));
  settings_ = readBusSettings(fields);
  description_ = fields.string("Description", descriptionRule());
  request.finish();
}

std::string UpdateEventBus::run(Transaction& transaction) const {
  Bus bus = context_.catalog.bus(transaction, name_);
  bus.description = description_.value_or(bus.description);
  for (const auto& setting : settings_) bus.settings[setting.key()] = setting.value();
  bus.modified_at = now_;
  context_.catalog.putBus(transaction, bus);
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("Arn").value(context_.arns.bus(bus.name)).key("Name").value(bus.name);
  if (!bus.description.empty()) json.key("Description").value(bus.description);
  for (const auto& setting : bus.settings) {
    if (setting.key() != kPolicy) json.key(setting.key()).raw(json::serialize(setting.value()));
  }
  json.endObject();
  return out;
}

}  // namespace

void addUpdateEventBus(rpc::JsonApi& api, Context& context) {
  rpc::addWrite<UpdateEventBus>(api, "UpdateEventBus", context);
}

}  // namespace ddblog::eventbridge
