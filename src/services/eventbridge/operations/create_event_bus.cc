// CreateEventBus: creates a bus for custom events.
// Errors: constraints, a name with a slash (reserved for partners), an event source (we do not
// implement partner sources), a bus with that name exists.
#include <string>

#include "rpc/operation.h"
#include "services/eventbridge/bus/context.h"
#include "services/eventbridge/operations/fields.h"

namespace ddblog::eventbridge {
namespace {

class CreateEventBus {
 public:
  CreateEventBus(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  Bus bus_;
};

CreateEventBus::CreateEventBus(rpc::RequestReader& request, Context& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  bus_.name = fields.string("Name", busNameRule()).value_or("");
  const auto source =
      fields.string("EventSourceName", {.min = 1, .max = 256, .pattern = R"(aws\.partner(/[\.\-_A-Za-z0-9]+){2,})"});
  bus_.description = fields.string("Description", descriptionRule()).value_or("");
  bus_.settings = readBusSettings(fields);
  bus_.tags = readTags(fields);
  request.finish();
  if (source) throw resourceNotFound("Event source " + *source + " does not exist.");
  if (bus_.name.find('/') != std::string::npos) {
    throw validationError("Parameter Name is not valid. Reason: Custom event bus names cannot contain '/'.");
  }
  bus_.created_at = bus_.modified_at = context.clock.now();
}

std::string CreateEventBus::run(Transaction& transaction) const {
  if (context_.catalog.findBus(transaction, bus_.name)) {
    throw ApiError("ResourceAlreadyExistsException", "Event bus " + bus_.name + " already exists.");
  }
  Bus bus = bus_;
  bus.rules_stamp = context_.ids.number();
  context_.catalog.putBus(transaction, bus);
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("EventBusArn").value(context_.arns.bus(bus.name));
  if (!bus.description.empty()) json.key("Description").value(bus.description);
  for (const auto& setting : bus.settings) json.key(setting.key()).raw(json::serialize(setting.value()));
  json.endObject();
  return out;
}

}  // namespace

void addCreateEventBus(rpc::JsonApi& api, Context& context) {
  rpc::addWrite<CreateEventBus>(api, "CreateEventBus", context);
}

}  // namespace ddblog::eventbridge
