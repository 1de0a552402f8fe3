// ListEventBuses: the buses, in the order of their names.
#include <string>

#include "rpc/operation.h"
#include "services/eventbridge/bus/context.h"
#include "services/eventbridge/operations/fields.h"
#include "services/eventbridge/operations/permission_fields.h"

namespace ddblog::eventbridge {
namespace {

class ListEventBuses {
 public:
  ListEventBuses(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  ListRequest page_;
};

ListEventBuses::ListEventBuses(rpc::RequestReader& request, Context& context) : context_(context) {
  page_ = readPage(request.fields(), "NamePrefix", busNameRule());
  request.finish();
}

std::string ListEventBuses::run(const Reader& reader) const {
  const Page<Bus> page = context_.catalog.buses(reader, page_);
  return listAnswer("EventBuses", page, [this](JsonWriter& json, const Bus& bus) {
    json.key("Name").value(bus.name).key("Arn").value(context_.arns.bus(bus.name));
    if (!bus.description.empty()) json.key("Description").value(bus.description);
    if (const std::string policy = textOf(bus.settings, kPolicy); !policy.empty()) json.key(kPolicy).value(policy);
    writeBusTimes(json, bus);
  });
}

}  // namespace

void addListEventBuses(rpc::JsonApi& api, Context& context) {
  rpc::addRead<ListEventBuses>(api, "ListEventBuses", context);
}

}  // namespace ddblog::eventbridge
