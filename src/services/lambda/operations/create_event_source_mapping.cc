// CreateEventSourceMapping: creates a mapping, which invokes a function with the records of a source.
//
// Rejects: broken constraints; InvalidParameterValueException for settings that do not fit the source,
// or that we do not implement, and for a function, a source or a destination that does not exist;
// ResourceConflictException if the function has a mapping for the source.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
#include "rpc/finite_numbers.h"
#include "services/lambda/functions/errors.h"
#include "services/lambda/operations/mapping_change.h"

namespace ddblog::lambda {

namespace {

class CreateEventSourceMapping {
 public:
  CreateEventSourceMapping(rpc::RequestReader& request, Context& context)
      : context_(context),
        request_(rpc::withFiniteNumbers(request.fields().copy())),
        settings_(readMappingSettings(request_)) {}

  StoredMapping run(Transaction& transaction, std::string& state) const {
    const MappingSettings settings = checkMapping(context_.mapping_dependencies, transaction, settings_);
    checkQueue(context_.mapping_dependencies, transaction, settings);
    checkNoOther(transaction, settings);
    StoredMapping mapping{context_.ids.uuid(), settings.function_name, settings.event_source_arn, request_,
                          context_.clock.now()};
    putMapping(transaction, mapping);
    beginAtPosition(context_.mapping_dependencies, transaction, settings);
    state = "Creating";
    return mapping;
  }

 private:
  Context& context_;
  const json::object request_;
  const MappingSettings settings_;
};

}  // namespace

void addCreateEventSourceMapping(rpc::RestApi& api, Context& context) {
  addMappingChange<CreateEventSourceMapping>(
      api, {"POST", "/2015-03-31/event-source-mappings", "CreateEventSourceMapping", 202}, context);
}

}  // namespace ddblog::lambda
