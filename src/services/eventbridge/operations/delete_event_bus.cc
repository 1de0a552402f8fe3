// DeleteEventBus: deletes a bus. A missing one is not an error.
// Errors: constraints, the bus `default`, a bus that has rules.
#include <string>

#include "rpc/operation.h"
#include "services/eventbridge/bus/context.h"
#include "services/eventbridge/operations/fields.h"

namespace ddblog::eventbridge {
namespace {

class DeleteEventBus {
 public:
  DeleteEventBus(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string name_;
};

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

}  // namespace

void addDeleteEventBus(rpc::JsonApi& api, Context& context) {
  rpc::addWrite<DeleteEventBus>(api, "DeleteEventBus", context);
}

}  // namespace ddblog::eventbridge
