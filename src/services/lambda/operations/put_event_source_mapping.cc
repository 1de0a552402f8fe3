// PutEventSourceMapping: creates an event source mapping, or replaces the one for the same function
// and source; it takes effect at the service's next start. It is an operation of ours, with the
// fields of AWS's CreateEventSourceMapping.
//
// Rejects: broken constraints; InvalidParameterValueException for settings that we do not
// implement, and for a function, a source or a destination that does not exist.
#include "rpc/finite_numbers.h"
#include "rpc/operation.h"
#include "services/lambda/mappings/stored_mappings.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

namespace {

class PutEventSourceMapping {
 public:
  PutEventSourceMapping(rpc::RequestReader& request, Context& context)
      : context_(context),
        request_(rpc::withFiniteNumbers(request.fields().copy())),
        settings_(readMappingSettings(request_)) {}

  std::string run(Transaction& transaction) const {
    const MappingSettings settings = checkMapping(context_.mapping_dependencies, transaction, settings_);
    putMapping(transaction, settings.function_name, settings.event_source_arn, request_);
    return "{}";
  }

 private:
  Context& context_;
  const json::object request_;
  const MappingSettings settings_;
};

}  // namespace

void addPutEventSourceMapping(rpc::JsonApi& api, Context& context) {
  rpc::addWrite<PutEventSourceMapping>(api, "PutEventSourceMapping", context);
}

}  // namespace ddblog::lambda
