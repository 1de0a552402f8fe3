// UpdateEventSourceMapping: changes what the request mentions of a mapping, also whether it is enabled
// and which function it invokes. It goes on where it is.
//
// Rejects: as CreateEventSourceMapping; ResourceNotFoundException; ResourceInUseException while it is
// being deleted; ResourceConflictException if its new function has a mapping for the source.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html
#include "rpc/finite_numbers.h"
#include "services/lambda/functions/errors.h"
#include "services/lambda/operations/mapping_change.h"

namespace ddblog::lambda {

namespace {

class UpdateEventSourceMapping {
 public:
  UpdateEventSourceMapping(rpc::RequestReader& request, Context& context)
      : context_(context),
        uuid_(request.pathParameter("UUID")),
        changes_(rpc::withFiniteNumbers(request.fields().copy())) {
    request.finish();
    for (const char* fixed : {"EventSourceArn", "StartingPosition", "StartingPositionTimestamp", "UUID"}) {
      changes_.erase(fixed);  // members that the operation does not have are ignored
    }
  }

  StoredMapping run(Transaction& transaction, std::string& state) const {
    auto found = findMapping(transaction, uuid_);
    if (!found) throw notFound("The resource you requested does not exist.");
    if (found->is_being_deleted) throw mappingInUse(uuid_);
    StoredMapping mapping = std::move(*found);
    const bool was_enabled = readMappingSettings(mapping.request).enabled;
    eraseIdentity(transaction, mapping);
    for (const auto& change : changes_) {
      if (!change.value().is_null()) mapping.request[change.key()] = change.value();
    }
    if (!changes_.contains("FunctionName")) mapping.request["FunctionName"] = mapping.function_name;
    const MappingSettings settings =
        checkMapping(context_.mapping_dependencies, transaction, readMappingSettings(mapping.request));
    checkQueue(context_.mapping_dependencies, transaction, settings);
    checkNoOther(transaction, settings);  // it is erased itself
    mapping.function_name = settings.function_name;
    mapping.modified_at = context_.clock.now();
    putMapping(transaction, mapping);
    state = settings.enabled == was_enabled ? "Updating" : settings.enabled ? "Enabling" : "Disabling";
    return mapping;
  }

 private:
  Context& context_;
  const std::string uuid_;
  json::object changes_;
};

}  // namespace

void addUpdateEventSourceMapping(rpc::RestApi& api, Context& context) {
  addMappingChange<UpdateEventSourceMapping>(
      api, {"PUT", "/2015-03-31/event-source-mappings/{UUID}", "UpdateEventSourceMapping", 202}, context);
}

}  // namespace ddblog::lambda
