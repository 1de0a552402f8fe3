#include "services/eventbridge/operations/delete_event_bus.h"

#include "services/eventbridge/operations/fields.h"

namespace ddblog::eventbridge {

DeleteEventBus::DeleteEventBus(rpc::RequestReader& request, Context& context) : context_(context) {
  name_ = request.fields().string("Name", busNameRule()).value_or("");
  request.finish();
  if (name_ == kDefaultBus) throw validationError("Cannot delete event bus default.");
}

std::string DeleteEventBus::run(Transaction& transaction) const {
  if (!context_.catalog.findBus(transaction, name_)) return "{}";
  if (context_.catalog.countRules(transaction, name_) != 0) {
    throw validationError("Event bus " + name_ + " can't be deleted since it has rules.");
  }
  context_.catalog.eraseBus(transaction, name_);
  return "{}";
}

}  // namespace ddblog::eventbridge
